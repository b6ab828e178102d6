import { checkElectronBuilder } from '../../checks/electron-builder.ts'
import { checkLockFile } from '../../checks/lock-file.ts'
import { checkPlanted } from '../../checks/planted.ts'
import { checkText } from '../../checks/text.ts'
import { run } from '../run.ts'
import { ROOT } from '../task.ts'

export interface CheckResult {
  readonly name: string
  readonly ok: boolean
  readonly durationMs: number
}

interface Step {
  readonly name: string
  /** Says what is wrong; nothing when all is well. */
  readonly problems: () => Promise<string>
}

/** The tools write into a pipe, so they have to be told whether a person is reading. */
const COLOUR: NodeJS.ProcessEnv = process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }

const tool =
  (command: string, ...args: string[]) =>
  async (): Promise<string> => {
    const { code, output } = await run(command, args, { output: 'keep', env: COLOUR })
    return code === 0 ? '' : output || `${command} ended with code ${code}`
  }

const steps: readonly Step[] = [
  { name: 'types', problems: tool('tsc', '-b') },
  { name: 'lint', problems: tool('oxlint') },
  { name: 'format', problems: tool('oxfmt', '--check', '.') },
  { name: 'boundaries', problems: async () => (await checkPlanted()).failures.join('\n') },
  { name: 'packaging', problems: async () => (await checkElectronBuilder()).join('\n') },
  { name: 'lock file', problems: async () => (await checkLockFile(ROOT)).join('\n') },
  { name: 'text', problems: async () => (await checkText(ROOT)).join('\n') },
]

/** Runs all checks at once and prints a line for each as it ends, followed by what it found. */
export async function runChecks(): Promise<CheckResult[]> {
  return Promise.all(
    steps.map(async ({ name, problems }) => {
      const started = performance.now()
      const found = await problems()
      const durationMs = performance.now() - started
      const ok = found === ''
      const line = `${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(12)} ${(durationMs / 1000).toFixed(2)} s`
      process.stdout.write(`${line}\n${ok ? '' : `${found.trimEnd()}\n`}`)
      return { name, ok, durationMs }
    }),
  )
}
