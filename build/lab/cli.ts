import { FleetError, exitCodeOf, toFleetError } from '@wrale/kernel'
import { parseArgs } from 'node:util'
import { doctor } from './src/cli/doctor.ts'
import { runCommand } from './src/cli/run.ts'
import { sweep } from './src/index.ts'

const usage = `Usage: npm run lab -- COMMAND

  run --nodes N [--drop PERCENT] [--clock TIME] [--duration S] -- PROGRAM ARG...
                   a network of N machines, PROGRAM on each; {i}, {name} and {address} in it are replaced.
                   Commands on standard input change the network while it runs: type help
  host [--clock TIME] [--duration S] -- PROGRAM ARG...
                   one machine cut off from every network, with PROGRAM on it
  sweep            remove what labs of dead processes left behind
  doctor [--json]  say what this machine can do

TIME is an ISO 8601 time, such as 1970-01-01, that the programs' clocks start at (Node programs only).
`

async function main(words: readonly string[]): Promise<number> {
  const [command, ...rest] = words
  switch (command) {
    case 'run':
    case 'host':
      return await runCommand(command, rest)
    case 'sweep':
      onlyFlags(rest, [])
      return sweepAll()
    case 'doctor':
      return doctor(onlyFlags(rest, ['json']).has('json'))
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      process.stdout.write(usage)
      return command === undefined ? 2 : 0
    default:
      throw new FleetError('USAGE', `There is no command ${command}: see npm run lab -- help`)
  }
}

/** Exit code 1 when something could not be removed. */
function sweepAll(): number {
  let code = 0
  const removed = sweep((lab, error) => {
    process.stderr.write(`lab: ${lab} cannot be removed: ${toFleetError(error).message}\n`)
    code = 1
  })
  for (const lab of removed) process.stdout.write(`removed ${lab}\n`)
  if (removed.length === 0 && code === 0) process.stdout.write('nothing to remove\n')
  return code
}

function onlyFlags(args: readonly string[], flags: readonly string[]): Set<string> {
  try {
    const options = Object.fromEntries(flags.map((flag) => [flag, { type: 'boolean' as const }]))
    return new Set(Object.keys(parseArgs({ args: [...args], options, strict: true }).values))
  } catch (error) {
    throw toFleetError(error, 'USAGE')
  }
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    const failure = toFleetError(error)
    process.stderr.write(`lab: ${failure.message} [${failure.code}]\n`)
    process.exitCode = exitCodeOf(failure)
  },
)
