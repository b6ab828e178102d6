import type { Stats } from 'node:fs'
import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { sha256, writeBuilt, type BuiltFile } from './files.ts'
import type { TargetName } from './targets.ts'

const recordSchema = z.object({
  /** Hash over everything but the inputs: how they were to be built. */
  recipe: z.string(),
  inputs: z.array(z.object({ path: z.string(), sha256: z.string() })),
  /** What was left out, and why. */
  notes: z.array(z.string()),
  files: z.array(
    z.object({
      path: z.string(),
      bytes: z.number().int().nonnegative(),
      gzipBytes: z.number().int().nonnegative(),
      sha256: z.string(),
    }),
  ),
})

export type BuildRecord = z.infer<typeof recordSchema>

/** A build that has ended. */
export interface Outcome {
  readonly recipe: string
  readonly inputs: readonly string[]
  readonly files: BuiltFile[]
  readonly notes: readonly string[]
  /** False when the same build may give more the next time. */
  readonly lasting: boolean
}

const recordPath = (name: TargetName): string => join('.cache/build', `${name}.json`)

export async function readRecord(root: string, name: TargetName): Promise<BuildRecord | undefined> {
  const text = await readOptional(join(root, recordPath(name)))
  if (text === undefined) return undefined
  // A record from another version of these scripts only costs a build.
  return recordSchema.safeParse(parseJson(text)).data
}

/**
 * Remembers a build, unless an input was changed while it ran, for nobody knows which state of it went in, or it has to be tried again.
 * @param startedAtMs time of day at which the build began
 */
export async function writeRecord(
  root: string,
  name: TargetName,
  { recipe, inputs, files, notes, lasting }: Outcome,
  startedAtMs: number,
): Promise<void> {
  const prints = await Promise.all(inputs.map((path) => fingerprint(root, path)))
  const changes = await Promise.all(inputs.map((path) => changedAtMs(join(root, path))))
  if (!lasting || changes.some((time) => time > startedAtMs)) return rm(join(root, recordPath(name)), { force: true })
  const record: BuildRecord = { recipe, inputs: prints, notes: [...notes], files }
  await writeBuilt(root, recordPath(name), Buffer.from(JSON.stringify(record)))
}

/**
 * Whether what was built is still there and still what a new build would give.
 * @param inputs the present inputs where they are known without building; else those of the record are compared
 */
export async function isFresh(
  root: string,
  record: BuildRecord,
  recipe: string,
  inputs: readonly string[] = record.inputs.map(({ path }) => path),
): Promise<boolean> {
  if (record.recipe !== recipe || inputs.length !== record.inputs.length) return false
  const now = await Promise.all(inputs.map((path) => fingerprint(root, path)))
  if (!now.every(({ path, sha256: hash }, i) => record.inputs[i]?.path === path && record.inputs[i].sha256 === hash)) {
    return false
  }
  const outputs = await Promise.all(record.files.map(({ path, bytes }) => hasSize(join(root, path), bytes)))
  return outputs.every(Boolean)
}

async function fingerprint(root: string, path: string): Promise<{ path: string; sha256: string }> {
  const text = await readOptional(join(root, path))
  return { path, sha256: text === undefined ? 'absent' : sha256(text) }
}

async function hasSize(path: string, bytes: number): Promise<boolean> {
  return (await statOptional(path))?.size === bytes
}

/** An input that is gone counts as changed. */
async function changedAtMs(path: string): Promise<number> {
  return (await statOptional(path))?.mtimeMs ?? Number.POSITIVE_INFINITY
}

async function statOptional(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
