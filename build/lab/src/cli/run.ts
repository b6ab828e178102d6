import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { LabHost } from '../host.ts'
import { Lab } from '../lab.ts'
import type { LabMachine } from '../machine.ts'
import type { LabProcess } from '../process.ts'
import { obey } from './console.ts'
import { fillIn, parseRunOptions, type RunOptions } from './options.ts'

/**
 * `lab run` and `lab host`: the program on every machine, its output with the machine's name before each line, until all
 * have ended, the time is over or Ctrl+C. Exit code: 0, or the first code of a program that is not 0 and was not our doing.
 */
export async function runCommand(command: 'run' | 'host', words: readonly string[]): Promise<number> {
  const options = parseRunOptions(command, words)
  const stop = new AbortController()
  const onSignal = (): void => stop.abort()
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, onSignal)
  const timer = options.durationSeconds && setTimeout(onSignal, options.durationSeconds * 1000)
  try {
    return command === 'host' ? await runHost(options, stop.signal) : await runLab(options, stop.signal)
  } finally {
    clearTimeout(timer)
    for (const signal of signals) process.off(signal, onSignal)
  }
}

async function runHost(options: RunOptions, stop: AbortSignal): Promise<number> {
  await using host = await LabHost.create()
  return await firstFailure([start(host, 1, options)], stop)
}

async function runLab(options: RunOptions, stop: AbortSignal): Promise<number> {
  await using lab = await Lab.create({ nodes: options.nodes })
  if (options.loss > 0) await lab.setLoss(options.loss)
  const running = lab.nodes.map((node) => start(node, node.index, options))
  const input = createInterface({ input: process.stdin })
  // One after the other: `down 1` followed by `stat` shows the state after it.
  let commands = Promise.resolve()
  input.on('line', (line) => {
    commands = commands.then(async () => void process.stderr.write(await obey(line, lab, running)))
  })
  try {
    return await firstFailure(running, stop)
  } finally {
    input.close()
    process.stdin.unref?.()
    await commands
  }
}

function start(machine: LabMachine, i: number, options: RunOptions): LabProcess {
  const fill = (word: string): string => fillIn(word, { i, name: machine.name, address: machine.address })
  const { clock } = options
  const args = options.args.map(fill)
  const running = machine.spawn({ command: fill(options.program), args, ...(clock === undefined ? {} : { clock }) })
  void print(machine.name, running)
  return running
}

async function print(name: string, running: LabProcess): Promise<void> {
  for await (const line of running.lines()) {
    const pipe = line.stream === 'stdout' ? process.stdout : process.stderr
    if (!pipe.write(`[${name}] ${line.text}\n`)) await once(pipe, 'drain')
  }
}

async function firstFailure(running: readonly LabProcess[], stop: AbortSignal): Promise<number> {
  const stopped = Promise.withResolvers<void>()
  stop.addEventListener('abort', () => stopped.resolve(), { once: true })
  if (stop.aborted) stopped.resolve()
  const codes = Promise.all(running.map(async (one) => await one.exit))
  await Promise.race([codes, stopped.promise])
  if (stop.aborted) return 0
  return (await codes).find(({ code }) => code !== 0 && code !== null)?.code ?? 0
}
