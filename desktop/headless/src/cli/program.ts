import { Command, Option } from 'commander'
import { softwareVersion } from '@wrale/host'
import { FleetError } from '@wrale/kernel'
import { completionScript, type Shell, shells } from './completion.ts'
import { describeNode } from './describe.ts'
import { doctor } from './doctor.ts'
import { login, printSignInLink } from './login.ts'
import { addMembershipCommands, addMembershipQueries } from './membership-commands.ts'
import { addNodeControlCommands } from './node-control-commands.ts'
import { addObjectCommands, addObjectQueries } from './object-commands.ts'
import { type ClientOptions, forClients, integer, several, stateDir } from './options.ts'
import { defaultStateDirectory } from './paths.ts'
import type { Terminal } from './print.ts'
import { secretFrom } from './small-text.ts'
import { top } from './top.ts'

const logLevels = ['debug', 'info', 'warn', 'error'] as const

/** Every command of `wrale` with its options; what they do is in modules of their own. */
export function wraleProgram(terminal: Terminal): Command {
  const program = new Command('wrale')
    .description('Control station of a Wrale fleet')
    .version(`wrale ${softwareVersion}`, '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.out.write(text),
      writeErr: (text) => void terminal.err.write(text),
      // The entry reports errors in one line with their code.
      outputError: () => undefined,
    })
    .showSuggestionAfterError(false)
  addStation(program, terminal)
  addQueries(program, terminal)
  addObjectCommands(program, terminal)
  addNodeControlCommands(program, terminal)
  addMembershipCommands(program, terminal)
  addAccess(program, terminal)
  program
    .command('version')
    .description('print the version')
    .action(() => void terminal.out.write(`wrale ${softwareVersion}\n`))
  program
    .command('completion')
    .description('print a script that completes commands')
    .addArgument(program.createArgument('<shell>', 'shell that is to run it').choices(shells))
    .action((shell: Shell) => void terminal.out.write(`${completionScript(program, shell)}\n`))
  return program
}

function addStation(program: Command, terminal: Terminal): void {
  program
    .command('station')
    .description('run a station: a member of the fleet with API and web UI')
    .addOption(stateDir().default(defaultStateDirectory()))
    .option('--host <address>', 'address to serve the API and the web UI on', '127.0.0.1')
    .option('--port <number>', 'port to serve them on; 0 takes a free one', integer(0, 65_535), 7420)
    .option('--create-fleet <name>', 'found a fleet of this name where the state folder has none')
    .option(
      '--join-fleet',
      'where the state folder has no fleet, print a claim code and wait until a station of one takes this one in',
    )
    .option(
      '--recover <source>',
      'bring a fleet back with the words of its recovery kit: @FILE, or - for standard input',
    )
    .option('--name <name>', 'name of this station among the members (default: the host’s)')
    .option('--listen <multiaddr>', 'address for members; may be repeated (default: /ip4/0.0.0.0/tcp/0)', several, [])
    .option('--peer <multiaddr>', 'member to keep dialling; may be repeated', several, [])
    .option('--no-mdns', 'do not look for members by multicast DNS')
    .addOption(new Option('--log-level <level>', 'what is logged on stderr').choices(logLevels).default('info'))
    .action(
      async (options: {
        stateDir: string
        host: string
        port: number
        createFleet?: string
        joinFleet?: boolean
        recover?: string
        name?: string
        listen: string[]
        peer: string[]
        mdns: boolean
        logLevel: (typeof logLevels)[number]
      }) => {
        const { createFleet, joinFleet = false, recover, name, peer, ...rest } = options
        const ways = [createFleet !== undefined && recover === undefined, joinFleet, recover !== undefined]
        if (ways.filter(Boolean).length > 1)
          throw new FleetError('USAGE', 'a fleet is created, joined or recovered: choose one')
        const words = recover === undefined ? undefined : await secretFrom(recover)
        // Loaded only here: a station is most of the program, and every other verb should start without it.
        const { runStation } = await import('./station.ts')
        await runStation(terminal, { ...rest, createFleet, joinFleet, recover: words, name, peers: peer })
      },
    )
}

function addQueries(program: Command, terminal: Terminal): void {
  const get = program.command('get').description('list things')
  const describe = program.command('describe').description('show all about one thing')
  forClients(
    describe.command('node').description('show one node').argument('<node>', 'its name, its id, or a part of either'),
    true,
  ).action(async (node: string, { output = 'table', ...choice }: ClientOptions) =>
    describeNode(terminal, choice, node, output),
  )
  addObjectQueries(get, describe, terminal)
  addMembershipQueries(get, describe, terminal)
  forClients(program.command('top').description('watch the nodes live'), false)
    .option('--once', 'print one table and end')
    .action(async ({ once = false, ...choice }: ClientOptions & { once?: boolean }) => top(terminal, choice, { once }))
  forClients(program.command('doctor').description('look for what is wrong'), true).action(
    async ({ output = 'table', ...choice }: ClientOptions) => doctor(terminal, choice, output),
  )
}

function addAccess(program: Command, terminal: Terminal): void {
  forClients(
    program.command('login').description('sign in to another station, or make a link that signs in a browser'),
    false,
  )
    .argument('[link]', 'one-time link of the station to sign in to')
    .option('--link', 'print a new one-time link for a browser')
    .action(async (address: string | undefined, { link = false, ...choice }: ClientOptions & { link?: boolean }) => {
      if (link === (address !== undefined)) throw new FleetError('USAGE', 'give either the link of a station or --link')
      await (address === undefined ? printSignInLink(terminal, choice) : login(terminal, address))
    })
}
