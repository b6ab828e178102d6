/**
 * `npm run bench [-- SUITE...]`: runs the suites one after the other. Each measurement is a line of JSON on stdout; what
 * is said about them goes to stderr.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { FleetError } from '@wrale/kernel'
import type { BenchContext } from '../bench/context.ts'
import { benchLine } from '../bench/line.ts'
import { build } from './build/build.ts'
import { parseTaskArgs, ROOT, runTask } from './task.ts'

type Suite = (context: BenchContext) => Promise<void>

const SUITES = join(ROOT, 'build/bench/suites')

await runTask(async (args) => {
  const { positionals } = parseTaskArgs({ args, allowPositionals: true, options: {} })
  const names = await suiteNames()
  const unknown = positionals.find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new FleetError('USAGE', `no suite called '${unknown}'; there are ${names.join(', ')}`)
  await build({ onResult: ({ name, built }) => built && say(`built ${name}`) })
  let failures = 0
  for (const name of positionals.length > 0 ? positionals : names) {
    try {
      const { suite, onlyWhenNamed } = await loadSuite(name)
      if (onlyWhenNamed && positionals.length === 0) {
        say(`SKIP ${name}: it takes long; name it to run it`)
        continue
      }
      say(`suite ${name}`)
      await suite(contextOf(name))
    } catch (error) {
      failures++
      say(`FAIL ${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    }
  }
  return failures === 0 ? 0 : 1
})

async function suiteNames(): Promise<string[]> {
  const files = await readdir(SUITES)
  return files
    .filter((file) => file.endsWith('.ts') && !file.includes('.test.'))
    .map((file) => file.slice(0, -'.ts'.length))
    .toSorted()
}

/** A suite is a file with one function, and `onlyWhenNamed` where it takes long. */
async function loadSuite(name: string): Promise<{ readonly suite: Suite; readonly onlyWhenNamed: boolean }> {
  const exports = (await import(join(SUITES, `${name}.ts`))) as Record<string, unknown>
  const suites = Object.values(exports).filter((value) => typeof value === 'function')
  const [suite] = suites
  if (suite === undefined || suites.length > 1) throw new FleetError('INTERNAL', `${name}.ts must export one function`)
  return { suite: suite as Suite, onlyWhenNamed: exports['onlyWhenNamed'] === true }
}

function contextOf(suite: string): BenchContext {
  return {
    report: (measurement) => {
      const line = benchLine(measurement)
      if (line === undefined) say(`SKIP ${measurement.name}: no samples`)
      else process.stdout.write(`${JSON.stringify(line)}\n`)
    },
    note: (text) => say(`${suite}: ${text}`),
    skip: (reason) => say(`SKIP ${suite}: ${reason}`),
  }
}

function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`)
}
