/**
 * `npm test [-- STAGE... [FILTER...]]`: everything, or the named stages only, with the filters handed to their runner.
 * A stage that fails does not keep the later ones from running. The last line of stdout sums up.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FleetError } from '@wrale/kernel'
import { ROOT, runTask } from './task.ts'
import { ensureCapabilities, labObstacle } from './test/capabilities.ts'
import { isSuccess, summaryLine, type StageResult } from './test/results.ts'
import { buildStage, OUTPUT, STAGES, type Stage } from './test/stages.ts'

/** Failures that are said again at the end; there are more in the stages' reports. */
const MOST_FAILURES = 10

await runTask(async (args) => {
  const { stages, filters } = selectStages(args)
  await mkdir(join(ROOT, OUTPUT), { recursive: true })
  const missing = await missingCapabilities()
  const results: StageResult[] = []
  let built: boolean | undefined
  for (const stage of stages) {
    if (stage.needsBuild && built === undefined) {
      heading('build')
      const result = await buildStage()
      results.push(result)
      built = result.failed === 0
    }
    heading(stage.name)
    results.push(await runStage(stage, filters, missing, built === true))
  }
  return report(results)
})

function selectStages(args: readonly string[]): { stages: readonly Stage[]; filters: readonly string[] } {
  const named = args.filter((arg) => STAGES.some(({ name }) => name === arg))
  const filters = args.filter((arg) => !named.includes(arg))
  if (filters.length > 0 && named.length === 0) {
    const names = STAGES.map(({ name }) => name).join(', ')
    throw new FleetError('USAGE', `no stage called '${filters[0]}'; there are ${names}`)
  }
  return { stages: named.length === 0 ? STAGES : STAGES.filter(({ name }) => named.includes(name)), filters }
}

async function missingCapabilities(): Promise<ReadonlyMap<string, string>> {
  const missing = await ensureCapabilities()
  const obstacle = labObstacle()
  if (obstacle !== undefined) missing.set('network namespaces', obstacle)
  for (const [name, reason] of missing) process.stdout.write(`SKIP ${name}: ${reason}\n`)
  return missing
}

async function runStage(
  stage: Stage,
  filters: readonly string[],
  missing: ReadonlyMap<string, string>,
  built: boolean,
): Promise<StageResult> {
  const nothing = { stage: stage.name, passed: 0, failed: 0, skipped: 0, failures: [], durationMs: 0 }
  if (stage.needs !== undefined && missing.has(stage.needs)) {
    process.stdout.write(`SKIP ${stage.name}: needs ${stage.needs}\n`)
    return { ...nothing, skipped: 1 }
  }
  if (stage.needsBuild && !built) return { ...nothing, failed: 1, problem: 'not run, because the build failed' }
  try {
    return await stage.run(filters)
  } catch (error) {
    if (error instanceof FleetError && error.code === 'ABORTED') throw error
    return { ...nothing, failed: 1, problem: error instanceof Error ? error.message : String(error) }
  }
}

async function report(results: readonly StageResult[]): Promise<number> {
  const failures = results.flatMap(({ stage, failures: failed }) => failed.map((failure) => ({ stage, ...failure })))
  if (failures.length > 0) heading('failed')
  for (const { stage, test, message } of failures.slice(0, MOST_FAILURES))
    process.stdout.write(`${stage}: ${test.replace(`${ROOT}/`, '')}\n${message.replaceAll(/^/gmu, '    ')}\n`)
  if (failures.length > MOST_FAILURES) process.stdout.write(`and ${failures.length - MOST_FAILURES} more\n`)
  heading('result')
  for (const { stage, passed, failed, skipped, durationMs, problem } of results) {
    const seconds = (durationMs / 1000).toFixed(1)
    const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`
    process.stdout.write(`${stage.padEnd(12)} ${counts} (${seconds} s)${problem === undefined ? '' : `: ${problem}`}\n`)
  }
  await writeFile(join(ROOT, OUTPUT, 'summary.json'), `${JSON.stringify(results, null, 2)}\n`)
  process.stdout.write(`${summaryLine(results)}\n`)
  return isSuccess(results) ? 0 : 1
}

function heading(name: string): void {
  process.stdout.write(`\n== ${name} ==\n`)
}
