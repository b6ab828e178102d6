import { type Command, Option } from 'commander'
import { FleetError } from '@wrale/kernel'
import { changeNodes } from './change-nodes.ts'
import { listDiag, runDiag, saveDiagReport, stopDiag } from './diag.ts'
import { changedNode, endOverride, override, resetTamper, setLine, showSimulator } from './node-control.ts'
import { parseTtl } from './join-token.ts'
import { several, type ClientOptions, forClients } from './options.ts'
import type { Terminal } from './print.ts'
import { faultsOf, overrideKinds, parseCurve, parseSetting, parseWish } from './wishes.ts'

const nodeWords = 'its name, its id, or a part of either'
const profiles = ['quiet', 'balanced', 'cool', 'max', 'own'] as const

/** What nodes answer and do themselves. */
export function addNodeControlCommands(program: Command, terminal: Terminal): void {
  addDiag(program, terminal)
  addThermal(program, terminal)
  forClients(program.command('override').description('go against a safety policy of a node, for a time'), true)
    .argument('<node>', nodeWords)
    .addArgument(program.createArgument('<what>', 'what is to hold in its place').choices(overrideKinds))
    .argument('[value]', 'fan and cpu-limit: 50% or 0.5; services: a priority; writes: usual…none; alarm: on or off')
    .option('--for <time>', 'how long, such as 90s or 10m')
    .option('--why <text>', 'why, for those who read of it later')
    .option('--end', 'end the override that is there')
    .action(
      async (
        node: string,
        kind: (typeof overrideKinds)[number],
        value: string | undefined,
        {
          output = 'table',
          for: time,
          why,
          end = false,
          ...choice
        }: ClientOptions & { for?: string; why?: string; end?: boolean },
      ) => {
        if (end) {
          if ([value, time, why].some((given) => given !== undefined))
            throw new FleetError('USAGE', '--end takes nothing but the node and what to end')
          await endOverride(terminal, choice, { node, kind }, output)
          return
        }
        if (time === undefined || why === undefined) throw new FleetError('USAGE', 'give --for and --why, or --end')
        const request = { what: parseWish(kind, value), why, forSeconds: parseTtl(time) }
        await override(terminal, choice, node, request, output)
      },
    )
  const tamper = program.command('tamper').description('signs of tampering')
  forClients(tamper.command('reset').description('say that what a node latched was looked into'), true)
    .argument('<node>', nodeWords)
    .requiredOption('--why <text>', 'what it was')
    .action(async (node: string, { output = 'table', why, ...choice }: ClientOptions & { why: string }) =>
      resetTamper(terminal, choice, { node, why }, output),
    )
  forClients(program.command('line').description('drive an output line of a node'), true)
    .argument('<node>', nodeWords)
    .argument('<line>', 'its name')
    .addArgument(program.createArgument('<level>', 'what it is to be').choices(['on', 'off']))
    .action(async (node: string, name: string, level: 'on' | 'off', { output = 'table', ...choice }: ClientOptions) =>
      setLine(terminal, choice, { node, name, level }, output),
    )
  forClients(
    program.command('sim').description('see and change a simulated node: what surrounds it, what breaks'),
    true,
  )
    .argument('<node>', nodeWords)
    .addArgument(program.createArgument('[action]', 'what becomes of it').choices(['set', 'fault', 'clear']))
    .argument('[words...]', 'set NAME VALUE ("auto" gives it back to the node); fault NAME...; clear [NAME...]')
    .action(
      async (
        node: string,
        action: 'set' | 'fault' | 'clear' | undefined,
        words: string[],
        { output = 'table', ...choice }: ClientOptions,
      ) => {
        if (action === undefined) return showSimulator(terminal, choice, node, output)
        const change =
          action === 'set'
            ? { set: [parseSetting(words)] }
            : action === 'fault'
              ? { fault: faultsOf(words) }
              : { clear: [...words] }
        return changedNode(terminal, choice, { node, change }, output)
      },
    )
}

function addDiag(program: Command, terminal: Terminal): void {
  const diag = program.command('diag').description('self-tests of nodes')
  forClients(diag.command('run').description('run one; ends with 1 when a test fails'), true)
    .argument('<node>', nodeWords)
    .option('--load', 'put the node under load as well')
    .option('--test <name>', 'only this test; may be repeated', several, [])
    .addOption(new Option('--json', 'the same as -o json'))
    .action(
      async (
        node: string,
        {
          output,
          load = false,
          test,
          json = false,
          ...choice
        }: ClientOptions & { load?: boolean; test: string[]; json?: boolean },
      ) => runDiag(terminal, choice, { node, load, tests: test }, output ?? (json ? 'json' : 'table')),
    )
  forClients(diag.command('list').description('list those that a node ran, and the tests that it has'), true)
    .argument('<node>', nodeWords)
    .action(async (node: string, { output = 'table', ...choice }: ClientOptions) =>
      listDiag(terminal, choice, node, output),
    )
  forClients(diag.command('stop').description('break one off'), true)
    .argument('<node>', nodeWords)
    .argument('<run>', 'its id, or the beginning of it')
    .action(async (node: string, run: string, { output = 'table', ...choice }: ClientOptions) =>
      stopDiag(terminal, choice, { node, run }, output),
    )
  forClients(diag.command('report').description('save a report as a page that prints well, or as JSON'), false)
    .argument('<node>', nodeWords)
    .argument('[run]', 'its id, or the beginning of it (default: the newest)')
    .requiredOption('-o, --output <file>', 'file to write; - is standard output, and .json gives JSON')
    .action(
      async (
        node: string,
        run: string | undefined,
        { output, ...choice }: Omit<ClientOptions, 'output'> & { output: string },
      ) => saveDiagReport(terminal, choice, { node, run, file: output }),
    )
}

function addThermal(program: Command, terminal: Terminal): void {
  forClients(program.command('thermal').description('say how nodes are cooled'), true)
    .argument('[nodes...]', 'their names, ids, or parts of either')
    .addOption(new Option('--profile <profile>', 'fan profile; own is the node’s own').choices(profiles))
    .option('--curve <points>', 'duty by temperature, such as 45:0,50:30%,70:100%; own is the profile’s own')
    .option('--undo', 'take back the last change')
    .action(
      async (
        names: string[],
        {
          output = 'table',
          profile,
          curve,
          undo = false,
          ...choice
        }: ClientOptions & { profile?: (typeof profiles)[number]; curve?: string; undo?: boolean },
      ) => {
        if (undo === (profile !== undefined || curve !== undefined))
          throw new FleetError('USAGE', 'give --profile or --curve, or --undo')
        const thermal = {
          ...(profile === undefined ? {} : { profile: profile === 'own' ? null : profile }),
          ...(curve === undefined ? {} : { curve: curve === 'own' ? null : parseCurve(curve) }),
        }
        const change = undo ? { undo: (field: string) => field.startsWith('thermal.') } : { thermal }
        await changeNodes(terminal, choice, { names, change }, output)
      },
    )
}
