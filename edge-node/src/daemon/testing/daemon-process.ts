import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `wrale-edge` to its end. */
export async function runEdge(args: readonly string[]): Promise<CliResult> {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

export interface LogLine {
  readonly level: string
  readonly msg: string
  readonly [field: string]: unknown
}

/** A running `wrale-edge run`, and what it logs. */
export class DaemonProcess {
  readonly child: ChildProcess
  readonly lines: LogLine[] = []
  stderr = ''
  readonly ended: Promise<number | null>
  #wake: () => void = () => undefined

  constructor(args: readonly string[], options: { ipc?: boolean } = {}) {
    this.child = spawn(process.execPath, [main, 'run', ...args], {
      stdio: ['ignore', 'pipe', 'pipe', ...(options.ipc === true ? (['ipc'] as const) : [])],
    })
    if (this.child.stdout === null || this.child.stderr === null) throw new Error('no pipes')
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      this.lines.push(JSON.parse(line) as LogLine)
      this.#wake()
    })
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text))
    // Not 'close': with an IPC channel that this side closed, Node never emits it.
    this.ended = Promise.all([once(this.child, 'exit'), once(this.child.stdout, 'close')]).then(([[code]]) => {
      this.#wake()
      return code as number | null
    })
  }

  /** The first log line with this message; fails when the process ends or the time is over before it. */
  async logged(message: string, limitMs = 20_000): Promise<LogLine> {
    const until = performance.now() + limitMs
    for (;;) {
      const found = this.lines.find(({ msg }) => msg === message)
      if (found !== undefined) return found
      const left = until - performance.now()
      if (left <= 0 || this.child.exitCode !== null) {
        throw new Error(`"${message}" was not logged: ${JSON.stringify(this.lines)} ${this.stderr}`)
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  /** Base URL of its HTTP endpoints, once it runs. */
  async url(): Promise<string> {
    const { http } = (await this.logged('running')) as unknown as { http: { host: string; port: number } }
    return `http://${http.host}:${http.port}`
  }

  /** Ends it as a service manager does; gives the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal)
    return this.ended
  }
}
