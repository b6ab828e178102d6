import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../task.ts'
import { addonsInputs, addonsState, buildAddons } from './addons/addons.ts'
import { bundle } from './bundle.ts'
import { isFresh, readRecord, writeRecord } from './cache.ts'
import { listFiles, replaceFolder, sha256, type BuiltFile } from './files.ts'
import { TARGET_NAMES, TARGET_ROWS, TARGETS, type Target, type TargetName } from './targets.ts'
import { buildWeb, webInputs } from './web.ts'

export interface BuildOptions {
  /** All of them by default. */
  readonly targets?: readonly TargetName[]
  /** Builds also what is up to date. Default false. */
  readonly force?: boolean
  /** Told of each target as it is done; nothing is printed otherwise. */
  readonly onResult?: (result: BuildResult) => void
  /** The repository to build; this one by default. */
  readonly root?: string
  /** What to build there; the product's targets by default. */
  readonly definitions?: Readonly<Partial<Record<TargetName, Target>>>
}

export interface BuildResult {
  readonly name: TargetName
  /** False when the files were up to date. */
  readonly built: boolean
  readonly durationMs: number
  readonly files: readonly BuiltFile[]
  /** What this machine could not build, and why, a sentence each. */
  readonly notes: readonly string[]
}

/**
 * Builds the targets whose sources have changed. Files are replaced whole, so programs that run meanwhile go on with
 * what they have.
 * @throws {FleetError} NOT_FOUND when the sources of a target are missing; INPUT_INVALID when they do not build
 */
export async function build(options: BuildOptions = {}): Promise<BuildResult[]> {
  const { targets = TARGET_NAMES, root = ROOT, definitions = TARGETS, force = false, onResult } = options
  const packages = await packageState(root)
  const results: BuildResult[] = []
  for (const row of TARGET_ROWS) {
    const wanted = row.filter((name) => targets.includes(name))
    const done = await Promise.allSettled(
      wanted.map(async (name) => {
        const target = definitions[name]
        if (target === undefined) return
        const result = await buildOne(root, name, target, packages, force)
        results.push(result)
        onResult?.(result)
      }),
    )
    // The others of the row are let finish, so that no half of a build goes on behind an error.
    for (const outcome of done) if (outcome.status === 'rejected') throw outcome.reason
  }
  return results.toSorted((a, b) => TARGET_NAMES.indexOf(a.name) - TARGET_NAMES.indexOf(b.name))
}

async function buildOne(
  root: string,
  name: TargetName,
  target: Target,
  packages: string,
  force: boolean,
): Promise<BuildResult> {
  const started = performance.now()
  const startedAtMs = Date.now()
  const recipe = sha256(packages, JSON.stringify(target), target.kind === 'addons' ? addonsState(target) : '')
  const known = await knownInputs(root, target)
  const record = await readRecord(root, name)
  if (!force && record !== undefined && (await isFresh(root, record, recipe, known))) {
    return { name, built: false, durationMs: performance.now() - started, files: record.files, notes: record.notes }
  }
  const { files, inputs, notes = [], lasting = true } = await produce(root, target, known)
  await writeRecord(root, name, { recipe, inputs, files, notes, lasting }, startedAtMs)
  return { name, built: true, durationMs: performance.now() - started, files, notes }
}

interface Produced {
  readonly files: BuiltFile[]
  readonly inputs: string[]
  readonly notes?: string[]
  readonly lasting?: boolean
}

async function produce(root: string, target: Target, known: string[] = []): Promise<Produced> {
  switch (target.kind) {
    case 'bundle':
      return bundle(root, target)
    case 'web':
      return { files: await buildWeb(root, target), inputs: known }
    case 'copy':
      return { files: await replaceFolder(root, target.from, target.to), inputs: known }
    case 'addons':
      return { ...(await buildAddons(root, target)), inputs: known }
  }
}

/** Inputs that can be listed without building; a bundle's are known only from having followed its imports. */
async function knownInputs(root: string, target: Target): Promise<string[] | undefined> {
  switch (target.kind) {
    case 'bundle':
      return undefined
    case 'web':
      return webInputs(root, target)
    case 'copy':
      return (await listFiles(join(root, target.from))).map((path) => join(target.from, path))
    case 'addons':
      return addonsInputs(root, target)
  }
}

/** Changes whenever installed packages or these scripts do. */
async function packageState(root: string): Promise<string> {
  const scripts = (await listFiles(import.meta.dirname)).filter((path) => !path.includes('.test.'))
  const contents = await Promise.all([
    readFile(join(root, 'package-lock.json')),
    ...scripts.map((path) => readFile(join(import.meta.dirname, path))),
  ])
  return sha256(...contents)
}
