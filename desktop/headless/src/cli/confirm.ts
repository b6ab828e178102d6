import { createInterface } from 'node:readline/promises'
import { FleetError } from '@wrale/kernel'
import type { Terminal } from './print.ts'

/**
 * Asks a person on the terminal before something that cannot be undone. Where nobody can be asked, `--yes` must have been given.
 * @throws FleetError USAGE, ABORTED
 */
export async function confirm(terminal: Terminal, question: string, yes: boolean): Promise<void> {
  if (yes) return
  if (!process.stdin.isTTY) throw new FleetError('USAGE', 'nobody can be asked here: add --yes to say that you mean it')
  const prompt = createInterface({ input: process.stdin, output: terminal.err })
  try {
    const answer = await prompt.question(`${question} [y/N] `)
    if (!/^y(es)?$/i.test(answer.trim())) throw new FleetError('ABORTED', 'nothing was changed')
  } finally {
    prompt.close()
  }
}
