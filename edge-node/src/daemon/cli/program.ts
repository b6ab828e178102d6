import { FleetError } from '@wrale/kernel'
import { Command, CommanderError } from 'commander'
import { type CommonOptions, programName } from './common.ts'
import type { ConfigOptions } from './config.ts'
import type { DoctorOptions } from './doctor.ts'
import type { ResetOptions } from './reset.ts'
import type { RotateKeyOptions } from './rotate-key.ts'
import type { RunOptions } from './run.ts'

/**
 * Runs one command line. Each command's code is loaded when it is asked for, so that `status` does not load a network stack.
 * @throws FleetError USAGE for a command line that is not understood, and what the command throws
 */
export async function runCli(args: readonly string[]): Promise<void> {
  try {
    await buildProgram().parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    // Help that was asked for is printed already.
    if (error.exitCode === 0) return
    const message =
      error.code === 'commander.help' ? 'which command? --help lists them' : error.message.replace(/^error: /, '')
    throw new FleetError('USAGE', message, {}, { cause: error })
  }
}

function buildProgram(): Command {
  const program = new Command(programName)
    .description('The node daemon of a Wrale fleet, and what asks it')
    // Errors are printed in one place, as one line.
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })

  program
    .command('run')
    .description('run the daemon until it is told to stop')
    .option('--config <file>', 'configuration file (default: /etc/wrale/edge.yaml where there is one)')
    .option('--state-dir <folder>', 'folder for what must survive a restart')
    .option('--name <name>', 'name of this node')
    .option('--metal <kind>', 'what to read: auto, linux or simulated')
    .option('--listen <multiaddr>', 'address to listen on; may be repeated', collect)
    .option('--peer <multiaddr>', 'member to connect to; may be repeated', collect)
    .option('--no-mdns', 'do not look for members by mDNS')
    .option('--join <token>', 'join token, or @FILE with one in it')
    .option('--http <host:port>', 'where /livez, /readyz and /metrics listen')
    .action(async (options: RunOptions) => (await import('./run.ts')).run(options))

  common(program.command('status').description('show what the running daemon measures and is linked to')).action(
    async (options: CommonOptions) => (await import('./status.ts')).status(options),
  )
  common(program.command('hardware').description('show lines, sensors and devices of the machine')).action(
    async (options: CommonOptions) => (await import('./machine.ts')).hardware(options),
  )
  common(program.command('safety').description('show what the safety policies do, and why')).action(
    async (options: CommonOptions) => (await import('./machine.ts')).safety(options),
  )
  common(program.command('doctor').description('check what the daemon needs to work, and test the machine'))
    .option('--quick', 'do not test the machine')
    .action(async (options: DoctorOptions) => (await import('./doctor.ts')).doctor(options))
  common(
    program
      .command('join')
      .description('become a member of a fleet')
      .argument('<token>', 'join token, or @FILE with one in it'),
  ).action(async (token: string, options: CommonOptions) => (await import('./join.ts')).join(token, options))
  common(program.command('reset').description('forget the fleet; the daemon must not run'))
    .option('--yes', 'do not ask')
    .option('--new-identity', 'forget who this node is as well')
    .action(async (options: ResetOptions) => (await import('./reset.ts')).reset(options))
  common(
    program
      .command('rotate-key')
      .description('change the node’s key, with its place in the fleet; the daemon must not run'),
  )
    .option('--config <file>', 'configuration file (default: /etc/wrale/edge.yaml where there is one)')
    .option('--listen <multiaddr>', 'address to listen on; may be repeated', collect)
    .option('--peer <multiaddr>', 'station to ask; may be repeated', collect)
    .option('--no-mdns', 'do not look for stations by mDNS')
    .action(async (options: RotateKeyOptions) => (await import('./rotate-key.ts')).rotateKey(options))
  common(program.command('version').description('show the version')).action(async (options: CommonOptions) =>
    (await import('./version.ts')).version(options),
  )
  addConfiguration(program.command('config').description('look at the configuration without starting the daemon'))
  addSimulation(program.command('sim').description('tell a running simulated node what happens to it'))
  return program
}

function addConfiguration(config: Command): void {
  const ofFile = (command: Command): Command =>
    command.option('--config <file>', 'configuration file (default: /etc/wrale/edge.yaml where there is one)')
  ofFile(config.command('check').description('say all that is wrong with it'))
    .option('--json', 'print JSON')
    .action(async (options: ConfigOptions) => (await import('./config.ts')).configCheck(options))
  ofFile(config.command('show').description('print what holds, defaults included, as JSON')).action(
    async (options: ConfigOptions) => (await import('./config.ts')).configShow(options),
  )
  config
    .command('schema')
    .description('print the JSON Schema of edge.yaml')
    .action(async () => (await import('./config.ts')).configSchema())
}

function addSimulation(sim: Command): void {
  common(
    sim.command('show', { isDefault: true }).description('what the board is like inside, and what is wrong with it'),
  ).action(async (options: CommonOptions) => (await import('./sim.ts')).simShow(options))
  common(sim.command('fault').description('something breaks').argument('<fault>')).action(
    async (fault: string, options: CommonOptions) => (await import('./sim.ts')).simFault(fault, options),
  )
  common(sim.command('clear').description('one fault or all of them are mended').argument('[fault]')).action(
    async (fault: string | undefined, options: CommonOptions) => (await import('./sim.ts')).simClear(fault, options),
  )
  common(
    sim
      .command('set')
      .description('change what surrounds the board')
      .argument('<setting>')
      .argument('<value>', 'a number, or auto'),
  ).action(async (setting: string, value: string, options: CommonOptions) =>
    (await import('./sim.ts')).simSet(setting, value, options),
  )
}

function common(command: Command): Command {
  return command.option('--state-dir <folder>', 'state folder of the daemon').option('--json', 'print JSON')
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}
