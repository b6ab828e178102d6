/** Runs vitest on the board. Test files are bundled first: an emulated processor takes long to transform and to resolve modules. */
import { globSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { FleetError } from '@wrale/kernel'
import { build } from 'esbuild'
import { z } from 'zod'
import { boot } from './boot.ts'
import type { BoardKernel } from './kernel.ts'

export interface GuestTest {
  readonly file: string
  readonly name: string
  readonly status: 'passed' | 'failed' | 'skipped'
  /** What the runner said of a failure. */
  readonly messages: readonly string[]
}

export interface SuiteOptions {
  readonly kernel: BoardKernel
  /** Of the checkout. */
  readonly root: string
  /** Files of tests, from the root. */
  readonly files: readonly string[]
  /** Folder for the bundles, the console's log and the report. Inside the root, so that packages are found from there. */
  readonly folder: string
  readonly limitMs: number
}

/** Tests that run on the board, from the root. */
export function boardTests(root: string): readonly string[] {
  return globSync('{edge-node,build/lab}/**/*.board.test.ts', {
    cwd: root,
    exclude: (path) => basename(path) === 'node_modules',
  }).toSorted()
}

/** @throws {FleetError} INTERNAL when the guest ended without a report */
export async function runOnBoard({
  kernel,
  root,
  files,
  folder,
  limitMs,
}: SuiteOptions): Promise<readonly GuestTest[]> {
  await rm(folder, { recursive: true, force: true })
  const tests = join(folder, 'tests')
  await bundle(root, files, tests)
  const node = join(root, 'node_modules/node/bin/node')
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const result = await boot({
    kernel,
    folder,
    command: [
      '/usr/bin/env',
      'CI=1',
      `BOARD_ROOT=${root}`,
      node,
      vitest,
      'run',
      '--root',
      tests,
      '--no-color',
      '--reporter=default',
      '--reporter=json',
      '--outputFile.json=/out/report.json',
    ],
    limitMs,
  })
  const report = await readFile(join(folder, 'report.json'), 'utf8').catch(() => undefined)
  if (report !== undefined) return guestTests(JSON.parse(report))
  const why = result.timedOut ? 'took too long' : 'ended without a report'
  throw new FleetError('INTERNAL', `the board ${why}; its console ends with:\n${result.console.slice(-2000)}`)
}

async function bundle(root: string, files: readonly string[], tests: string): Promise<void> {
  await mkdir(tests, { recursive: true })
  await build({
    absWorkingDir: root,
    entryPoints: files.map((file) => ({ in: file, out: bundleName(file) })),
    outdir: tests,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    external: ['vitest', 'onoff', 'i2c-bus'],
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
    sourcemap: 'inline',
    logLevel: 'silent',
  })
  // One process for all, as every start of one costs seconds here; not a thread, which the epoll package cannot be used in.
  const test = {
    include: ['*.test.mjs'],
    pool: 'forks',
    isolate: false,
    experimental: { viteModuleRunner: false },
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  }
  await writeFile(join(tests, 'vitest.config.mjs'), `export default ${JSON.stringify({ test })}\n`)
}

/** Names of bundles tell where they come from, and the report tells it by them. */
function bundleName(file: string): string {
  return join(dirname(file), basename(file, '.ts')).replaceAll('/', '__')
}

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
})

/** What vitest's report says, test by test. A file that could not be loaded counts as a test that failed. */
export function guestTests(report: unknown): readonly GuestTest[] {
  return reportSchema.parse(report).testResults.flatMap(({ name, status, message, assertionResults }): GuestTest[] => {
    const file = `${basename(name, '.mjs').replaceAll('__', '/')}.ts`
    const tests = assertionResults.map(({ fullName, status: verdict, failureMessages }): GuestTest => {
      const isKnown = verdict === 'passed' || verdict === 'failed'
      return { file, name: fullName, status: isKnown ? verdict : 'skipped', messages: failureMessages ?? [] }
    })
    const isBroken = status === 'failed' && tests.every((test) => test.status !== 'failed')
    return isBroken
      ? [
          ...tests,
          {
            file,
            name: 'the file',
            status: 'failed',
            messages: [message || 'not all of it ran: the console says why'],
          },
        ]
      : tests
  })
}
