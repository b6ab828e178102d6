import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Of the checkout, as the board sees it. */
const root = process.env['BOARD_ROOT'] ?? ''
const program = join(root, 'edge-node/dist/wrale-edge.mjs')
const limitMs = 60_000

/** The daemon as it is delivered, on this machine. */
export class BoardDaemon {
  readonly process: ChildProcess
  readonly log: string[] = []
  readonly #folder: string
  readonly #ended: Promise<unknown[]>

  /**
   * @param folder for its state and its configuration; another daemon that had it must have ended
   * @param configuration as YAML has it, which takes JSON
   * @param group folder of a control group to run in from the first moment
   */
  constructor(folder: string, configuration: object, group?: string) {
    mkdirSync(folder, { recursive: true })
    const file = join(folder, 'edge.yaml')
    writeFileSync(file, JSON.stringify({ metal: 'linux', mdns: false, http: '127.0.0.1:0', ...configuration }))
    this.#folder = folder
    const args = ['run', '--state-dir', this.#state, '--config', file]
    const [command, ...words] = [...(group === undefined ? [] : enter(group)), process.execPath, program, ...args]
    this.process = spawn(command ?? '', words, { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.process.stdout, this.process.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.log.push(line))
    }
    this.#ended = once(this.process, 'close')
  }

  get #state(): string {
    return join(this.#folder, 'state')
  }

  /** Fields of the first message of this text; fails when the daemon ends before it or says nothing for a minute. */
  async logged(message: string): Promise<Record<string, unknown>> {
    const until = performance.now() + limitMs
    for (;;) {
      const line = this.log.find((text) => text.includes(`"msg":"${message}"`))
      if (line !== undefined) return JSON.parse(line) as Record<string, unknown>
      if (performance.now() > until || this.process.exitCode !== null)
        throw new Error(`"${message}" was not logged:\n${this.log.join('\n')}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async get(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const { http } = (await this.logged('running')) as { http: { host: string; port: number } }
    const response = await fetch(`http://${http.host}:${http.port}${path}`)
    return { status: response.status, text: await response.text() }
  }

  /** The metrics without labels, by their names. */
  async metrics(): Promise<Readonly<Record<string, number>>> {
    const { text } = await this.get('/metrics')
    return Object.fromEntries(
      [...text.matchAll(/^(\w+) (\S+)$/gm)].map(([, name = '', value]) => [name, Number(value)]),
    )
  }

  /** Another command of the program, such as `doctor`, on the same state. */
  async command(...words: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
    const child = spawn(process.execPath, [program, ...words, '--state-dir', this.#state], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    const [code] = (await once(child, 'close')) as [number]
    return { code, output }
  }

  /** Ends it, at once with SIGKILL. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<unknown> {
    this.process.kill(signal)
    const [code] = await this.#ended
    return code
  }
}

/** Moves a shell into a control group; the program takes its place. */
function enter(group: string): readonly string[] {
  return ['/bin/sh', '-c', `echo $$ >${group}/cgroup.procs && exec "$@"`, 'enter']
}
