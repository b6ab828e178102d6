import { CommanderError } from 'commander'
import { reportLine } from '@wrale/host'
import { exitCodeOf, FleetError } from '@wrale/kernel'
import type { Terminal } from './print.ts'
import { wraleProgram } from './program.ts'

/**
 * Carries out one command line. A failure is one line on stderr: `wrale: CODE: what happened`.
 * @returns the exit status
 */
export async function wrale(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await wraleProgram(terminal).parseAsync(args, { from: 'user' })
    return 0
  } catch (thrown) {
    // Help and version that were asked for end well; everything else that the parser stops at is wrong use.
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0
    const error = thrown instanceof CommanderError ? new FleetError('USAGE', usageOf(thrown)) : thrown
    terminal.err.write(`${reportLine('wrale', error)}\n`)
    return exitCodeOf(error)
  }
}

function usageOf({ code, message }: CommanderError): string {
  if (code === 'commander.help') return 'name a command; "wrale --help" lists them'
  return message.replace(/^error: /, '')
}
