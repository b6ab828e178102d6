import { FleetError, toFleetError } from '@wrale/kernel'
import type { Traffic } from '../counters.ts'
import type { Lab } from '../lab.ts'
import type { LabProcess } from '../process.ts'
import { parseChance } from './options.ts'

const help = `down N|all, up N|all     take links down and up
drop N|all CHANCE        lose frames by chance: 10% or 0.1
partition 1,2 3,4        cut two sets of nodes off from each other; heal ends all partitions
freeze N, thaw N         stop a program where it is, let it go on
kill N [SIGNAL]          signal a program (SIGKILL)
stat                     bytes and packets of every node, and its program's CPU and memory
`

type Obey = (
  lab: Lab,
  running: readonly LabProcess[],
  args: readonly string[],
) => Promise<string> | Promise<void> | void

const commands: Readonly<Record<string, Obey>> = {
  help: () => Promise.resolve(help),
  down: (lab, _, [who]) => (who === 'all' ? lab.linkDown() : lab.node(number(who)).linkDown()),
  up: (lab, _, [who]) => (who === 'all' ? lab.linkUp() : lab.node(number(who)).linkUp()),
  drop: (lab, _, [who, text = '']) => (who === 'all' ? lab : lab.node(number(who))).setLoss(parseChance(text)),
  partition: (lab, _, [left = '', right = '']) => lab.partition(nodes(lab, left), nodes(lab, right)),
  heal: (lab) => lab.heal(),
  freeze: (_, running, [who]) => programOf(running, who).freeze(),
  thaw: (_, running, [who]) => programOf(running, who).thaw(),
  kill: (_, running, [who, signal = 'SIGKILL']) => programOf(running, who).kill(signalName(signal)),
  stat: async (lab, running) => await statistics(lab, running),
}

/** Carries out one line of the console and gives what to print; a mistake is answered, not thrown. */
export async function obey(line: string, lab: Lab, running: readonly LabProcess[]): Promise<string> {
  const [name = '', ...args] = line.trim().split(/\s+/)
  if (name === '') return ''
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (command === undefined) throw new FleetError('USAGE', `There is no command ${name}: type help`)
    return (await command(lab, running, args)) ?? ''
  } catch (error) {
    return `lab: ${toFleetError(error).message}\n`
  }
}

async function statistics(lab: Lab, running: readonly LabProcess[]): Promise<string> {
  const counters = lab.kind === 'netns' ? await lab.counters() : undefined
  const lines = lab.nodes.map((node, n) => {
    const traffic = counters?.get(node.index)
    const program = running[n]
    const usage = program === undefined || program.ended !== undefined ? undefined : program.usage()
    const show = ({ bytes, packets }: Traffic): string => `${bytes} B in ${packets} packets`
    const network = traffic && `sent ${show(traffic.sent)}, received ${show(traffic.received)}`
    const load = usage && `CPU ${usage.cpuSeconds.toFixed(2)} s, ${(usage.residentBytes / 2 ** 20).toFixed(1)} MiB`
    return `${node.name} ${node.address}: ${[network, load ?? 'ended'].filter(Boolean).join(', ')}\n`
  })
  return lines.join('')
}

function nodes(lab: Lab, list: string): Lab['nodes'] {
  return list.split(',').map((text) => lab.node(number(text)))
}

function programOf(running: readonly LabProcess[], text: string | undefined): LabProcess {
  const program = running[number(text) - 1]
  if (program === undefined) throw new FleetError('USAGE', `There is no node ${String(text)}`)
  return program
}

function number(text: string | undefined): number {
  if (text === undefined || !/^\d+$/.test(text)) throw new FleetError('USAGE', `Say which node: ${text ?? 'a number'}`)
  return Number(text)
}

const signalNames = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGSTOP', 'SIGCONT', 'SIGUSR1', 'SIGUSR2'] as const

function signalName(text: string): (typeof signalNames)[number] {
  const found = signalNames.find((name) => name === text || name === `SIG${text}`)
  if (found === undefined) throw new FleetError('USAGE', `${text} is no signal this console sends`)
  return found
}
