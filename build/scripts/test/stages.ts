import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from '../build/build.ts'
import { runChecks } from '../check/steps.ts'
import { run } from '../run.ts'
import { ROOT } from '../task.ts'
import { judgeStage, playwrightResults, vitestResults, type Report, type StageResult } from './results.ts'

export interface Stage {
  readonly name: string
  /** Runs built files, so it is pointless without them. */
  readonly needsBuild: boolean
  /** The capability without which the stage is skipped as a whole. */
  readonly needs?: string
  readonly run: (filters: readonly string[]) => Promise<StageResult>
}

/** Reports, screenshots and traces; relative to the repository's root. */
export const OUTPUT = 'test-output'
const PLAYWRIGHT_CONFIG = 'desktop/e2e/playwright.config.ts'
const MINUTE_MS = 60_000

export const STAGES: readonly Stage[] = [
  { name: 'check', needsBuild: false, run: check },
  vitest('unit', false, 10 * MINUTE_MS),
  vitest('integration', true, 20 * MINUTE_MS),
  vitest('lab', true, 30 * MINUTE_MS),
  { ...vitest('board', true, 15 * MINUTE_MS), needs: 'virtual board' },
  { name: 'e2e', needsBuild: true, needs: 'browser', run: playwright },
]

async function check(): Promise<StageResult> {
  const started = performance.now()
  const results = await runChecks()
  const failures = results.filter(({ ok }) => !ok).map(({ name }) => ({ test: name, message: '' }))
  const counts = { passed: results.length - failures.length, failed: failures.length, skipped: 0 }
  return judgeStage('check', 0, { counts, failures }, performance.now() - started)
}

/** Builds what the other stages run; it counts only when it fails. */
export async function buildStage(): Promise<StageResult> {
  const started = performance.now()
  const result = (problem?: string): StageResult => ({
    stage: 'build',
    passed: 0,
    failed: problem === undefined ? 0 : 1,
    skipped: 0,
    failures: [],
    durationMs: performance.now() - started,
    ...(problem !== undefined && { problem }),
  })
  try {
    await build({
      onResult: ({ name, built, durationMs, notes }) => {
        console.log(`${name}: ${built ? `built in ${Math.round(durationMs)} ms` : 'up to date'}`)
        for (const note of notes) console.log(`SKIP ${note}`)
      },
    })
    return result()
  } catch (error) {
    return result(error instanceof Error ? error.message : String(error))
  }
}

function vitest(project: string, needsBuild: boolean, timeoutMs: number): Stage {
  return {
    name: project,
    needsBuild,
    run: async (filters) => {
      const report = await freshReport(project)
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
      const args = ['run', '--project', project, '--passWithNoTests', ...reporters, ...filters]
      const { code, durationMs } = await run('vitest', args, { output: 'live', timeoutMs })
      return judgeStage(project, code, await readReport(report, vitestResults), durationMs)
    },
  }
}

async function playwright(filters: readonly string[]): Promise<StageResult> {
  if (!existsSync(join(ROOT, PLAYWRIGHT_CONFIG))) {
    return { ...judgeStage('e2e', 0, undefined, 0), problem: `${PLAYWRIGHT_CONFIG} does not exist` }
  }
  const report = await freshReport('e2e')
  const args = ['test', `--config=${PLAYWRIGHT_CONFIG}`, '--reporter=list,json', ...filters]
  const { code, durationMs } = await run('playwright', args, {
    output: 'live',
    timeoutMs: 20 * MINUTE_MS,
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  })
  return judgeStage('e2e', code, await readReport(report, playwrightResults), durationMs)
}

/** Path for a stage's report, with an old one out of the way: it must not stand in for one that was never written. */
async function freshReport(stage: string): Promise<string> {
  const path = join(ROOT, OUTPUT, `${stage}.json`)
  await rm(path, { force: true })
  return path
}

async function readReport(path: string, read: (report: unknown) => Report): Promise<Report | undefined> {
  try {
    return read(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    process.stderr.write(`wrale: no usable report in ${path}: ${String(error)}\n`)
    return undefined
  }
}
