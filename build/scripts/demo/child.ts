import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface ChildExit {
  readonly name: string
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** True when it was told to stop. */
  readonly expected: boolean
  /** The end of its log. */
  readonly lastLines: readonly string[]
}

/** How long a program may take to stop in good order, in milliseconds. */
const STOP_TIMEOUT_MS = 5000
/** How long to wait for the last of the log of a program that has ended, in milliseconds. */
const LOG_TIMEOUT_MS = 500
const LINES_KEPT = 8
const LINE_LENGTH_KEPT = 500

/**
 * A program of the demo. It has a channel to this process and ends when the channel does, so that even a killed demo
 * leaves nothing behind; and a process group of its own, so that Ctrl+C reaches it through this process alone.
 */
export class Child {
  readonly name: string
  /** Settles when it has ended, however it did. Never rejects. */
  readonly exited: Promise<ChildExit>
  readonly #process: ChildProcess
  readonly #lastLines: string[] = []
  #expected = false

  constructor(name: string, command: string, args: readonly string[]) {
    this.name = name
    this.#process = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#keep(line))
    }
    this.exited = this.#waitForExit()
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  /** Asks it to stop, and kills it when it does not within five seconds. Idempotent. */
  async stop(): Promise<void> {
    this.#expected = true
    this.#process.kill('SIGTERM')
    const timer = setTimeout(() => this.#killGroup(), STOP_TIMEOUT_MS)
    await this.exited
    clearTimeout(timer)
  }

  /** Together with whatever it started itself. */
  #killGroup(): void {
    try {
      if (this.pid !== undefined) process.kill(-this.pid, 'SIGKILL')
    } catch {
      // It ended in this moment.
    }
  }

  async #waitForExit(): Promise<ChildExit> {
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
      this.#process.once('error', (error) => {
        this.#keep(error.message)
        if (this.#process.pid === undefined) resolve([null, null])
      })
      this.#process.once('close', (exitCode, exitSignal) => resolve([exitCode, exitSignal]))
      // What it started may still hold its log open.
      this.#process.once('exit', (exitCode, exitSignal) => {
        setTimeout(() => resolve([exitCode, exitSignal]), LOG_TIMEOUT_MS).unref()
      })
    })
    return { name: this.name, code, signal, expected: this.#expected, lastLines: this.#lastLines }
  }

  #keep(line: string): void {
    this.#lastLines.push(line.slice(0, LINE_LENGTH_KEPT))
    if (this.#lastLines.length > LINES_KEPT) this.#lastLines.shift()
  }
}

/** Runs a short program to its end. */
export async function runToEnd(name: string, command: string, args: readonly string[]): Promise<ChildExit> {
  return new Child(name, command, args).exited
}

/** One line on how a program ended. */
export function describeExit({ name, code, signal }: ChildExit): string {
  if (code === null && signal === null) return `${name} could not be started`
  return `${name} ended ${signal === null ? `with code ${code}` : `by ${signal}`}`
}
