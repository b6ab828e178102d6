import { CommanderError } from 'commander'
import { errnoOf, reportAndExit } from '@wrale/host'
import { FleetError } from '@wrale/kernel'
import { wraleProgram } from './cli/program.ts'

const terminal = { out: process.stdout, err: process.stderr }

// Whoever reads our output may stop reading, as `head` does; that is no failure.
process.stdout.on('error', (error) => process.exit(errnoOf(error) === 'EPIPE' ? 0 : 74))

try {
  await wraleProgram(terminal).parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) reportAndExit('wrale', error)
  // Help and version that were asked for end well; everything else that the parser stops at is wrong use.
  if (error.exitCode !== 0) reportAndExit('wrale', new FleetError('USAGE', usageOf(error)))
}

function usageOf({ code, message }: CommanderError): string {
  if (code === 'commander.help') return 'name a command; "wrale --help" lists them'
  return message.replace(/^error: /, '')
}
