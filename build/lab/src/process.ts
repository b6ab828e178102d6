import { FleetError } from '@wrale/kernel'
import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import type { Writable } from 'node:stream'
import type { ClockControl, ClockSetting } from './clock.ts'
import { type LabLine, LineLog, type LineMatch, type LineStream, type WaitForLineOptions } from './lines.ts'
import { type ProcessUsage, usageOf } from './proc.ts'

export interface ExitStatus {
  /** Exit code; null when a signal ended the process. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A child that outlives the process can hold its output open: how long after the process's end that is read, ms. */
const drainMs = 500

/** How a process is started: the words to run, already led into its namespace, and its clock control if it has one. */
export interface LabProcessDeps {
  readonly words: readonly [string, ...string[]]
  readonly env: NodeJS.ProcessEnv
  readonly clock: ClockControl | undefined
}

export interface LabProcessOptions {
  /** Names the process in messages. */
  readonly label: string
  readonly cwd?: string | undefined
  /** Default 'ignore': the process reads an empty input. */
  readonly stdin?: 'ignore' | 'pipe' | undefined
}

/** A process of a lab. It leads a process group of its own, so that its children can be frozen and removed with it. */
export class LabProcess {
  readonly label: string
  /** Of the process itself: all that comes before it (`ip netns exec` ...) replaces itself by what follows. */
  readonly pid: number
  /** Resolves when the process has ended and what it printed is read; never rejects. */
  readonly exit: Promise<ExitStatus>
  readonly #child: ChildProcess
  readonly #clock: ClockControl | undefined
  readonly #log = new LineLog()
  #ended: ExitStatus | undefined

  constructor(deps: LabProcessDeps, options: LabProcessOptions) {
    this.label = options.label
    this.#clock = deps.clock
    const [command, ...args] = deps.words
    this.#child = spawn(command, args, {
      cwd: options.cwd,
      env: deps.env,
      stdio: [options.stdin ?? 'ignore', 'pipe', 'pipe'],
      detached: true,
    })
    this.#child.stdin?.on('error', () => undefined)
    if (this.#child.stdout !== null) this.#log.follow('stdout', this.#child.stdout)
    if (this.#child.stderr !== null) this.#log.follow('stderr', this.#child.stderr)
    this.exit = this.#watchExit()
    if (this.#child.pid === undefined) throw new FleetError('NOT_FOUND', `${this.label}: ${command} cannot be started`)
    this.pid = this.#child.pid
  }

  /** Undefined while the process runs. */
  get ended(): ExitStatus | undefined {
    return this.#ended
  }

  /** The last lines printed: at most 2000, and 4 Mi characters. */
  get output(): readonly LabLine[] {
    return this.#log.lines
  }

  /** The process's input when it was started with `stdin: 'pipe'`, otherwise null. */
  get stdin(): Writable | null {
    return this.#child.stdin
  }

  /**
   * The first line, kept or yet to come, that holds a text, matches a pattern or satisfies a predicate. TIMEOUT after
   * `timeoutMs` (10 000), NOT_RUNNING when the process ended first; both quote its last lines.
   */
  async waitForLine(match: LineMatch, options: WaitForLineOptions = {}): Promise<LabLine> {
    return await this.#log.waitFor(`${this.label} (pid ${this.pid})`, match, options)
  }

  /** Lines as they come, beginning with those kept, until the output ends. */
  lines(stream?: LineStream): AsyncGenerator<LabLine, void, undefined> {
    return this.#log.iterate(stream)
  }

  /** The newest line: pass it as `after` to wait for something that is yet to happen. */
  lastLine(): LabLine | undefined {
    return this.#log.last
  }

  /** Signals the process alone, as `kill PID` does; default SIGTERM. Harmless when it has ended. */
  kill(signal: NodeJS.Signals = 'SIGTERM'): void {
    this.#signal(this.pid, signal)
  }

  /** Ends the process and the children in its group at once and waits for that. */
  async destroy(): Promise<void> {
    this.#signal(-this.pid, 'SIGKILL')
    await this.exit
  }

  /** Stops the process and its children where they are (SIGSTOP): connections stay open, nothing answers. */
  freeze(): void {
    this.#signal(-this.pid, 'SIGSTOP')
  }

  thaw(): void {
    this.#signal(-this.pid, 'SIGCONT')
  }

  /** CPU and memory so far; NOT_RUNNING when it has ended. */
  usage(): ProcessUsage {
    return usageOf(this.pid)
  }

  /** Sets the wall clock of a process that was started with a `clock`; resolves when the process sees the new time. */
  async setClock(setting: ClockSetting): Promise<void> {
    if (this.#clock === undefined)
      throw new FleetError('LAB_UNSUPPORTED', `${this.label} was started without a clock of its own`, { pid: this.pid })
    await this.#clock.set(this.pid, setting)
  }

  /** The last lines printed, as the tail of a message. */
  quoteOutput(): string {
    return this.#log.quote()
  }

  async #watchExit(): Promise<ExitStatus> {
    const { promise, resolve } = Promise.withResolvers<ExitStatus>()
    this.#child.once('exit', (code, signal) => {
      const ended: ExitStatus = { code, signal }
      this.#ended = ended
      const drained = setTimeout(() => {
        this.#child.stdout?.destroy()
        this.#child.stderr?.destroy()
      }, drainMs)
      this.#child.once('close', () => {
        clearTimeout(drained)
        resolve(ended)
      })
    })
    this.#child.once('error', () => {
      this.#ended ??= { code: null, signal: null }
      this.#log.end()
      resolve(this.#ended)
    })
    return await promise
  }

  #signal(target: number, signal: NodeJS.Signals): void {
    // The id of a process that has ended may be another's by now.
    if (this.#ended !== undefined) return
    try {
      process.kill(target, signal)
    } catch {
      // Ended this very moment.
    }
  }
}

/** Full path of a command, looked up as a shell would; NOT_FOUND says what is missing instead of a wrapper's exit code. */
export function resolveCommand(command: string, path: string | undefined): string {
  const candidates = command.includes('/')
    ? [command]
    : (path ?? '').split(delimiter).map((folder) => join(folder, command))
  const found = candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK)
      return statSync(candidate).isFile()
    } catch {
      return false
    }
  })
  if (found === undefined) throw new FleetError('NOT_FOUND', `No program ${command} on this machine`, { command })
  return isAbsolute(found) ? found : join(process.cwd(), found)
}
