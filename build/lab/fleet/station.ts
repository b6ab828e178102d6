import { createFleetClient, type FleetClient, websocketTransport } from '@wrale/client'
import { FleetError } from '@wrale/kernel'
import {
  type Conflict,
  conflictSchema,
  createdJoinTokenSchema,
  type Fleet as FleetSummary,
  fleetSchema,
  type MeshView,
  meshViewSchema,
  type Node,
  type NodeDetail,
  nodeDetailSchema,
  nodeSchema,
  signInLinkSchema,
} from '@wrale/protocol/api'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WebSocket as Socket } from 'ws'
import { z } from 'zod'
import type { ClockSetting, ExitStatus, Forward, HttpAnswer, HttpInit, LabMachine, LabProcess } from '../src/index.ts'
import { type CommandResult, runCommand, stopProcess } from './command.ts'
import { type MetricsPage, parseMetrics } from './metrics.ts'
import { poll } from './poll.ts'
import { builtProgram } from './programs.ts'
import { FleetView } from './view.ts'

export interface StationSettings {
  readonly stateDir: string
  /** Fleet that it founds; undefined: it waits to be taken into one. */
  readonly fleetName: string | undefined
  /** Default 'station'. */
  readonly name?: string
  /** 0 takes a free one. */
  readonly port: number
  /** Further words for `wrale station`. */
  readonly args: readonly string[]
  /** A wall clock of its own. */
  readonly clock?: ClockSetting
}

/** Printed by a station that waits to be taken in. */
const claimLine = /wrale claim ([0-9A-Z-]+)/
const conflictListSchema = z.object({ items: z.array(conflictSchema) })
const nodeListSchema = z.object({ items: z.array(nodeSchema) })
const announcementSchema = z.object({ url: z.url() })
const startTimeoutMs = 30_000
const commandTimeoutMs = 30_000
const stopTimeoutMs = 10_000

/** `wrale station` on a machine of the lab, and what its users do with it. */
export class FleetStation {
  readonly machine: LabMachine
  readonly stateDir: string
  readonly #settings: StationSettings
  readonly #views = new Set<FleetView>()
  readonly #forwards: Forward[] = []
  #process: LabProcess | undefined
  #url = ''
  #token = ''

  constructor(machine: LabMachine, settings: StationSettings) {
    this.machine = machine
    this.stateDir = settings.stateDir
    this.#settings = settings
  }

  /** The process that was started last, if any was. */
  get started(): LabProcess | undefined {
    return this.#process
  }

  /** The running process; NOT_RUNNING before the first start. */
  get process(): LabProcess {
    if (this.#process === undefined) throw new FleetError('NOT_RUNNING', 'The station has not been started')
    return this.#process
  }

  /** Address as seen on its machine, `http://127.0.0.1:PORT`. */
  get url(): string {
    return this.#url
  }

  /** Its local token, with which programs of the same machine sign in. */
  get token(): string {
    return this.#token
  }

  /** Starts it, or starts it again on the same state folder; resolves when it is ready. */
  async start(): Promise<void> {
    const { stateDir, fleetName, name = 'station', args, clock } = this.#settings
    // Where it was, so that its users find it again.
    const port = this.#url === '' ? this.#settings.port : new URL(this.#url).port
    const fleet = fleetName === undefined ? ['--join-fleet'] : ['--create-fleet', fleetName]
    const flags = ['--state-dir', stateDir, '--name', name, '--port', String(port), ...fleet]
    const started = this.machine.spawn({
      ...builtProgram('wrale', 'station', ...flags, ...args),
      ...(clock && { clock }),
    })
    this.#process = started
    await poll(
      'the station is ready',
      async () => {
        if (started.ended !== undefined) return 'ended'
        const announced: unknown = JSON.parse(await readFile(join(stateDir, 'station.json'), 'utf8'))
        this.#url = announcementSchema.parse(announced).url
        this.#token = (await readFile(join(stateDir, 'local.token'), 'utf8')).trim()
        return (await this.machine.http(`${this.#url}/readyz`)).status === 200
      },
      { timeoutMs: startTimeoutMs, everyMs: 50 },
    ).catch((error: unknown) => {
      throw new FleetError('TIMEOUT', `The station does not start${started.quoteOutput()}`, {}, { cause: error })
    })
    if (started.ended !== undefined)
      throw new FleetError('NOT_RUNNING', `The station ended while it started${started.quoteOutput()}`)
  }

  /** The code with which another station takes this one in, as it prints it while it starts without a fleet. */
  async claimCode(): Promise<string> {
    const { text } = await this.process.waitForLine(claimLine, { timeoutMs: startTimeoutMs })
    return claimLine.exec(text)?.[1] ?? ''
  }

  /** Takes a machine in by its claim code, as a person does. */
  async claim(code: string): Promise<void> {
    await this.#ask('/api/v1/claims', { code })
  }

  /** Who is linked to whom, and the hash of what this station holds. */
  async mesh(): Promise<MeshView> {
    return meshViewSchema.parse(await this.#ask('/api/v1/mesh'))
  }

  /** Changes what is said of a node. */
  async change(id: string, change: object): Promise<void> {
    await this.#ask(`/api/v1/nodes/${id}`, change, 'PATCH')
  }

  /** Conflicts that nobody has settled. */
  async conflicts(): Promise<readonly Conflict[]> {
    return conflictListSchema.parse(await this.#ask('/api/v1/conflicts')).items
  }

  /** Ends it in good order; TIMEOUT when it does not within 10 s. */
  async stop(): Promise<ExitStatus> {
    for (const view of this.#views) await view.stop()
    this.#views.clear()
    for (const forward of this.#forwards.splice(0)) await forward.close()
    return await stopProcess(this.process, stopTimeoutMs)
  }

  /** One request to the API with the local token. */
  async request(path: string, init: HttpInit = {}): Promise<HttpAnswer> {
    const headers = { authorization: `Bearer ${this.#token}`, ...init.headers }
    return await this.machine.http(this.#url + path, { ...init, headers })
  }

  async nodes(): Promise<readonly Node[]> {
    return nodeListSchema.parse(await this.#ask('/api/v1/nodes')).items
  }

  async node(id: string): Promise<NodeDetail> {
    return nodeDetailSchema.parse(await this.#ask(`/api/v1/nodes/${id}`))
  }

  async fleet(): Promise<FleetSummary> {
    return fleetSchema.parse(await this.#ask('/api/v1/fleet'))
  }

  async metrics(): Promise<MetricsPage> {
    return parseMetrics((await this.request('/metrics')).text())
  }

  /** Makes a join token for so many nodes. */
  async joinToken(maxUses: number): Promise<string> {
    const answer = await this.#ask('/api/v1/join-tokens', { name: 'lab', ttlSeconds: 3600, maxUses })
    return createdJoinTokenSchema.parse(answer).token
  }

  /** A link that signs in a browser outside the lab, once. It leads through {@link forward}. */
  async signInLink(): Promise<string> {
    const link = new URL(signInLinkSchema.parse(await this.#ask('/api/v1/sign-in-links', {})).url)
    link.host = `127.0.0.1:${await this.forward()}`
    return link.href
  }

  /** A port of 127.0.0.1 outside the lab that leads to the station. */
  async forward(): Promise<number> {
    const [known] = this.#forwards
    if (known !== undefined) return known.port
    const { port, hostname } = new URL(this.#url)
    const forward = await this.machine.forward(Number(port), hostname)
    this.#forwards.push(forward)
    return forward.port
  }

  /** The typed client over a WebSocket; call `close` when done with it. */
  connect(): { readonly client: FleetClient; readonly close: () => void } {
    const headers = { authorization: `Bearer ${this.#token}` }
    const transport = websocketTransport({
      url: `${this.#url.replace(/^http/, 'ws')}/rpc`,
      open: (url) => {
        const socket = new Socket(url, { agent: this.machine.agent, headers })
        // The close that follows tells the client; an error that nobody hears would end the process.
        socket.on('error', () => undefined)
        // The client asks for what ws and the DOM have in common, which their types do not say of each other.
        return socket as unknown as WebSocket
      },
      isSignedIn: async () => (await this.request('/api/v1/session')).status !== 401,
    })
    return { client: createFleetClient(transport), close: () => transport.close() }
  }

  /** A live view; it ends with the station's {@link stop}, and outlives kills and restarts. */
  watch(): FleetView {
    const { client, close } = this.connect()
    const view = new FleetView(client, close)
    this.#views.add(view)
    return view
  }

  /** Runs `wrale ARGS` as a person on the station's machine does; TIMEOUT after 30 s. */
  async cli(...args: readonly string[]): Promise<CommandResult> {
    return await this.run(...args, '--state-dir', this.stateDir)
  }

  /** Runs `wrale ARGS` on the station's machine, with nothing added. */
  async run(...args: readonly string[]): Promise<CommandResult> {
    return await runCommand(this.machine, builtProgram('wrale', ...args), commandTimeoutMs)
  }

  async #ask(path: string, body?: object, method = 'POST'): Promise<unknown> {
    const init: HttpInit =
      body === undefined ? {} : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const answer = await this.request(path, init)
    if (answer.status < 300) return answer.json()
    throw new FleetError(
      'UNAVAILABLE',
      `The station answered ${answer.status} to ${path}: ${answer.text().slice(0, 500)}`,
    )
  }
}
