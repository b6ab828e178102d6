import { fileURLToPath } from 'node:url'
import type { LabMachine, SpawnOptions } from '../machine.ts'
import type { LabProcess } from '../process.ts'

type Program = 'clock-report' | 'mdns-peer' | 'owner' | 'server' | 'talker'

/** Words that run one of the programs beside this file. */
export function program(name: Program, ...args: readonly string[]): { command: string; args: readonly string[] } {
  return { command: process.execPath, args: [fileURLToPath(new URL(`./${name}.ts`, import.meta.url)), ...args] }
}

/** Starts the HTTP server on a machine and gives its port. */
export async function startServer(
  machine: LabMachine,
  options: Pick<SpawnOptions, 'clock'> = {},
): Promise<{ server: LabProcess; port: number }> {
  const server = machine.spawn({ ...program('server'), ...options })
  const line = await server.waitForLine(/^port \d+$/)
  return { server, port: Number(line.text.slice('port '.length)) }
}

/** A program on a machine that hears what the others say. */
export class Talker {
  readonly #process: LabProcess

  private constructor(started: LabProcess) {
    this.#process = started
  }

  static async start(machine: LabMachine): Promise<Talker> {
    const started = machine.spawn({ ...program('talker'), stdin: 'pipe' })
    await started.waitForLine('ready')
    return new Talker(started)
  }

  /** Resolves when the words have left the program. */
  async say(text: string): Promise<void> {
    this.#process.stdin?.write(`${text}\n`)
    await this.#process.waitForLine(`said ${text}`)
  }

  async hears(text: string): Promise<void> {
    await this.#process.waitForLine((line) => line === `heard ${text}`)
  }

  /** What has been heard so far and starts with `prefix`. */
  heard(prefix: string): string[] {
    const mark = `heard ${prefix}`
    const lines = this.#process.output.map((line) => line.text).filter((line) => line.startsWith(mark))
    return lines.map((line) => line.slice('heard '.length))
  }
}
