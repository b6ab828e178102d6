/** Runs the real linter over planted violations and says which of them it did not report. */
import { execFile } from 'node:child_process'
import { copyFile, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { FleetError } from '@wrale/kernel'
import { z } from 'zod'
import { LAYERS, type LayerName } from './layers.ts'
import { importPlants, rulePlants, type ImportPlants } from './plants.ts'

const ROOT = dirname(dirname(import.meta.dirname))
const LINTER = join(ROOT, 'node_modules/.bin/oxlint')
const LAYER_RULE = 'wrale(layers)'
const LINT_TIMEOUT_MS = 60_000
const MAX_REPORT_BYTES = 32 * 1024 * 1024

/** Every way of naming a module; each becomes one line of the planted file. `id` keeps the names apart. */
const FORMS: readonly ((name: string, id: number) => string)[] = [
  (name, id) => `import * as a${id} from '${name}'`,
  (name, id) => `import type * as b${id} from '${name}'`,
  (name) => `export * from '${name}'`,
  (name, id) => `export const c${id} = import('${name}')`,
  (name, id) => `export type D${id} = import('${name}').D`,
]

const reportSchema = z.object({
  diagnostics: z.array(
    z.object({
      code: z.string().optional(),
      message: z.string(),
      filename: z.string(),
      labels: z.array(z.object({ span: z.object({ line: z.number() }) })).default([]),
    }),
  ),
})

/** One line of a planted file, or the whole of it when `line` is absent. */
interface Expectation {
  readonly file: string
  readonly line?: number
  readonly rule: string
  readonly reported: boolean
  readonly text: string
}

export interface PlantedResult {
  readonly planted: number
  /** One sentence per plant that the linter did not treat as it must. Empty when the linter bites. */
  readonly failures: readonly string[]
}

/** @param prepare changes the temporary copy before the linter reads it; lets a test disarm the linter */
export async function checkPlanted(prepare?: (root: string) => Promise<void>): Promise<PlantedResult> {
  const files = new Map(rulePlants.map(({ file, source }) => [file, source]))
  const expectations: Expectation[] = rulePlants.map(({ file, rule }) => ({ file, rule, reported: true, text: rule }))
  for (const [layer, groups] of Object.entries(importPlants)) {
    for (const group of groups) plantImports(LAYERS[layer as LayerName].folder, group, files, expectations)
  }
  const root = await mkdtemp(join(tmpdir(), 'wrale-planted-'))
  try {
    await copyConfiguration(root)
    for (const [file, source] of files) {
      await mkdir(dirname(join(root, file)), { recursive: true })
      await writeFile(join(root, file), source)
    }
    await prepare?.(root)
    const found = await lint(root)
    return { planted: expectations.length, failures: expectations.flatMap((one) => judge(one, found)) }
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

function plantImports(
  folder: string,
  { file = 'src/planted.ts', forbidden, allowed }: ImportPlants,
  files: Map<string, string>,
  expectations: Expectation[],
): void {
  const path = `${folder}/${file}`
  const lines = files.get(path)?.trimEnd().split('\n') ?? []
  for (const name of [...forbidden, ...allowed]) {
    for (const form of FORMS) {
      const line = lines.push(form(name, lines.length))
      const text = lines[line - 1] ?? name
      expectations.push({ file: path, line, rule: LAYER_RULE, reported: forbidden.includes(name), text })
    }
  }
  files.set(path, `${lines.join('\n')}\n`)
}

/** The linter's rules, the layer table and every package's manifest and compiler options, as they are in this tree. */
async function copyConfiguration(root: string): Promise<void> {
  const folders = Object.values(LAYERS).map(({ folder }) => folder)
  await cp(join(ROOT, 'build/checks'), join(root, 'build/checks'), { recursive: true })
  await rm(join(root, 'build/checks/plants.ts'))
  for (const file of ['oxlint.config.ts', 'package.json', 'tsconfig.base.json', 'tsconfig.json']) {
    await copyFile(join(ROOT, file), join(root, file))
  }
  for (const folder of folders) {
    await mkdir(join(root, folder), { recursive: true })
    for (const file of ['package.json', 'tsconfig.json']) {
      await copyFile(join(ROOT, folder, file), join(root, folder, file))
    }
  }
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'))
}

async function lint(root: string): Promise<ReadonlySet<string>> {
  const report = await new Promise<string>((resolve, reject) => {
    const options = { cwd: root, timeout: LINT_TIMEOUT_MS, maxBuffer: MAX_REPORT_BYTES }
    execFile(process.execPath, [LINTER, '--format=json'], options, (error, stdout, stderr) => {
      // The linter exits with 1 when it reports something, which here it always must.
      if (stdout.startsWith('{')) resolve(stdout)
      else reject(new FleetError('INTERNAL', `the linter gave no report: ${stdout}${stderr || (error?.message ?? '')}`))
    })
  })
  const { diagnostics } = reportSchema.parse(JSON.parse(report))
  return new Set(
    diagnostics.flatMap(({ code, filename, labels }) => [
      `${code} ${filename}`,
      ...labels.map(({ span }) => `${code} ${filename}:${span.line}`),
    ]),
  )
}

function judge({ file, line, rule, reported, text }: Expectation, found: ReadonlySet<string>): string[] {
  const place = line === undefined ? file : `${file}:${line}`
  if (found.has(`${rule} ${place}`) === reported) return []
  return [`${place}: ${rule} ${reported ? 'missed' : 'wrongly reported'}: ${text}`]
}
