import './lean.ts'
import { reportAndExit } from '@wrale/host'
import { programName } from './cli/common.ts'
import { runCli } from './cli/program.ts'

// Whoever reads the output may stop reading: that is not an error of ours.
process.stdout.on('error', () => process.exit(0))

try {
  await runCli(process.argv.slice(2))
} catch (error) {
  reportAndExit(programName, error)
}
