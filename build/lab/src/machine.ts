import { FleetError } from '@wrale/kernel'
import { execFile } from 'node:child_process'
import type { Agent } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { killNamespace, labFolder } from './cleanup.ts'
import { ClockControl, type ClockSetting } from './clock.ts'
import { type Connector, directConnector, NamespaceConnector } from './connector.ts'
import { type HttpAnswer, type HttpInit, httpRequest, LabAgent } from './http.ts'
import { labVariable } from './naming.ts'
import { LabProcess, resolveCommand } from './process.ts'

export interface SpawnOptions {
  readonly command: string
  readonly args?: readonly string[]
  /** Added to this process's environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** Default 'ignore': the process reads an empty input. */
  readonly stdin?: 'ignore' | 'pipe'
  /** A wall clock of its own, for Node programs. */
  readonly clock?: ClockSetting
}

export interface ExecOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Default 30 000 ms. */
  readonly timeoutMs?: number
}

/** Where a connection can be made from outside the lab. */
export interface Forward {
  /** On 127.0.0.1 of the test process. */
  readonly port: number
  close(): Promise<void>
}

export interface MachineIdentity {
  readonly lab: string
  /** Also the host name that processes see in a namespace. */
  readonly name: string
  readonly address: string
  /** Undefined: processes run in this process's own network, on loopback. */
  readonly namespace: string | undefined
}

const maxOutput = 16 * 1024 * 1024
/** Sets the host name (its first word), then becomes the program (the others). */
const intoHost = '{ printf %s "$0" >/proc/sys/kernel/hostname; } 2>/dev/null; exec "$@"'

/** One computer of a lab: what can be done on it. */
export class LabMachine {
  readonly lab: string
  readonly name: string
  /** IPv4 address of the machine. */
  readonly address: string
  readonly namespace: string | undefined
  /** For `http.request`, `ws` and other clients that take an agent: connects from this machine. */
  readonly agent: Agent
  readonly #connector: Connector
  readonly #processes = new Set<LabProcess>()
  readonly #forwards = new Set<Forward>()
  #spawned = 0
  #lead: readonly string[] = []

  constructor(identity: MachineIdentity) {
    this.lab = identity.lab
    this.name = identity.name
    this.address = identity.address
    this.namespace = identity.namespace
    const socketPath = join(labFolder(this.lab), `${this.name}.sock`)
    const helper = fileURLToPath(import.meta.resolve('./connector-process.ts'))
    this.#connector =
      this.namespace === undefined
        ? directConnector
        : new NamespaceConnector(socketPath, () =>
            this.spawn({ command: process.execPath, args: [helper, socketPath], stdin: 'pipe' }),
          )
    this.agent = new LabAgent(this.#connector)
  }

  /** A folder for what programs keep, seen by every machine of the lab. It goes when the lab goes, also when its owner was killed. */
  get folder(): string {
    return labFolder(this.lab)
  }

  /** Leads every program that is started from now on through these words, such as `nsenter` and where to enter. */
  leadThrough(words: readonly string[]): void {
    this.#lead = words
  }

  /** Starts a program; NOT_FOUND when there is none of that name. It is killed with the lab, children included. */
  spawn(options: SpawnOptions): LabProcess {
    this.#spawned += 1
    const label = `${this.name}/${options.command.split('/').at(-1)}#${this.#spawned}`
    const clock =
      options.clock && new ClockControl(join(labFolder(this.lab), `${this.name}-${this.#spawned}.clock`), options.clock)
    const env = this.#environment(options.env)
    const started = new LabProcess(
      { words: this.#words(options.command, options.args ?? [], env), env: clock?.extend(env) ?? env, clock },
      { label, cwd: options.cwd, stdin: options.stdin },
    )
    this.#processes.add(started)
    void started.exit.then(() => this.#processes.delete(started))
    return started
  }

  /** Runs a program to its end and gives what it printed on stdout; an exit code other than 0 is an INTERNAL error. */
  async exec(command: string, args: readonly string[] = [], options: ExecOptions = {}): Promise<string> {
    const env = this.#environment(options.env)
    const [first, ...rest] = this.#words(command, args, env)
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const settings = { env, cwd: options.cwd, timeout: options.timeoutMs ?? 30_000, maxBuffer: maxOutput }
    const child = execFile(first, rest, settings, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(execFailed(`${command} on ${this.name}`, error, stderr))
    })
    child.stdin?.on('error', () => undefined)
    child.stdin?.end()
    return await promise
  }

  /** One HTTP request from this machine, so that a server on its 127.0.0.1 is reached. */
  async http(url: string | URL, init: HttpInit = {}): Promise<HttpAnswer> {
    return await httpRequest(this.agent, url, init)
  }

  /** A TCP connection from this machine; UNAVAILABLE when refused or unreachable. */
  async connect(port: number, host = '127.0.0.1'): Promise<Socket> {
    return await this.#connector.connect({ host, port })
  }

  /** Makes a port of this machine reachable from the test process, for a browser or a WebSocket client. */
  async forward(port: number, host = '127.0.0.1'): Promise<Forward> {
    const open = new Set<Socket>()
    const server = createServer((outer) => {
      open.add(outer)
      outer.on('error', () => undefined)
      outer.on('close', () => open.delete(outer))
      this.connect(port, host).then(
        (inner) => {
          inner.on('close', () => outer.destroy())
          outer.on('close', () => inner.destroy())
          outer.pipe(inner).pipe(outer)
        },
        () => outer.destroy(),
      )
    })
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
    await promise
    const address = server.address()
    const forward: Forward = {
      port: typeof address === 'object' && address !== null ? address.port : 0,
      close: async () => {
        this.#forwards.delete(forward)
        const closed = Promise.withResolvers<void>()
        server.close(() => closed.resolve())
        for (const socket of open) socket.destroy()
        await closed.promise
      },
    }
    this.#forwards.add(forward)
    return forward
  }

  /** Kills everything that runs on this machine at once, as a power cut does; the machine can be used again after it. */
  async powerCut(): Promise<void> {
    if (this.namespace !== undefined) killNamespace(this.namespace)
    await this.#endPrograms()
  }

  /** Ends the programs started here and what leads to them. The lab calls this; the machine is of no use afterwards. */
  async close(): Promise<void> {
    this.agent.destroy()
    await Promise.all([...this.#forwards].map((forward) => forward.close()))
    await this.#endPrograms()
  }

  async #endPrograms(): Promise<void> {
    await Promise.all([...this.#processes].map((running) => running.destroy()))
  }

  #environment(extra: SpawnOptions['env'] = {}): NodeJS.ProcessEnv {
    return { ...process.env, ...extra, [labVariable]: this.lab }
  }

  #words(command: string, args: readonly string[], env: NodeJS.ProcessEnv): [string, ...string[]] {
    const [first = command, ...rest] = [...this.#lead, command, ...args]
    const program = resolveCommand(first, env['PATH'])
    if (this.namespace === undefined) return [program, ...rest]
    return [
      'ip',
      'netns',
      'exec',
      this.namespace,
      'unshare',
      '--uts',
      'sh',
      '-c',
      intoHost,
      this.name,
      program,
      ...rest,
    ]
  }
}

function execFailed(what: string, error: Error & { code?: unknown; killed?: boolean }, stderr: string): FleetError {
  const code = error.killed === true ? 'TIMEOUT' : 'INTERNAL'
  const said = stderr.trim().slice(-2000) || error.message
  const exit = typeof error.code === 'number' ? error.code : null
  return new FleetError(code, `${what} failed: ${said}`, { exit }, { cause: error })
}
