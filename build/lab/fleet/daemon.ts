import { FleetError } from '@wrale/kernel'
import type { ClockSetting, ExitStatus, LabMachine, LabProcess } from '../src/index.ts'
import { type MetricsPage, parseMetrics } from './metrics.ts'
import { builtProgram } from './programs.ts'
import { type CommandResult, runCommand, stopProcess } from './command.ts'

export interface DaemonSettings {
  readonly name: string
  readonly metal: 'simulated' | 'linux'
  readonly stateDir: string
  /** Port of its local HTTP endpoints. */
  readonly port: number
  /** File with the join token. */
  readonly tokenFile: string
  /** File with its configuration. Default: the product's defaults. */
  readonly configFile?: string
  readonly clock?: ClockSetting
  /** Further words for `wrale-edge run`. */
  readonly args: readonly string[]
}

const stopTimeoutMs = 10_000
const commandTimeoutMs = 20_000

/** `wrale-edge run` on a machine of the lab. */
export class FleetDaemon {
  readonly machine: LabMachine
  readonly name: string
  readonly stateDir: string
  readonly #settings: DaemonSettings
  #process: LabProcess | undefined

  constructor(machine: LabMachine, settings: DaemonSettings) {
    this.machine = machine
    this.name = settings.name
    this.stateDir = settings.stateDir
    this.#settings = settings
  }

  /** The process that was started last, if any was. */
  get started(): LabProcess | undefined {
    return this.#process
  }

  /** The process that was started last; NOT_RUNNING before the first start. */
  get process(): LabProcess {
    if (this.#process === undefined) throw new FleetError('NOT_RUNNING', `${this.name} has not been started`)
    return this.#process
  }

  /** Starts it, or starts it again on the same state folder. Returns at once: the station's view tells when it is there. */
  start(): LabProcess {
    const { name, metal, stateDir, port, tokenFile, configFile, clock, args } = this.#settings
    const flags = ['--state-dir', stateDir, '--name', name, '--metal', metal, '--http', `127.0.0.1:${port}`]
    const config = configFile === undefined ? [] : ['--config', configFile]
    const words = builtProgram('wrale-edge', 'run', ...flags, ...config, '--join', `@${tokenFile}`, ...args)
    this.#process = this.machine.spawn({ ...words, ...(clock && { clock }) })
    return this.#process
  }

  /** Kills it and waits for its end. The wall clock at the kill, ms since the Unix epoch. */
  async kill(): Promise<number> {
    const atMs = Date.now()
    await this.process.destroy()
    return atMs
  }

  /** Ends it in good order; TIMEOUT when it does not within 10 s. */
  async stop(): Promise<ExitStatus> {
    return await stopProcess(this.process, stopTimeoutMs)
  }

  /** Of its local HTTP endpoints; only its machine reaches it. */
  get url(): string {
    return `http://127.0.0.1:${this.#settings.port}`
  }

  async metrics(): Promise<MetricsPage> {
    return parseMetrics((await this.machine.http(`${this.url}/metrics`)).text())
  }

  async isReady(): Promise<boolean> {
    return await this.#isOk('/readyz')
  }

  async isLive(): Promise<boolean> {
    return await this.#isOk('/livez')
  }

  async #isOk(path: string): Promise<boolean> {
    return (await this.machine.http(`${this.url}${path}`)).status === 200
  }

  /** Runs `wrale-edge ARGS --state-dir ITS-OWN` on its machine; TIMEOUT after 20 s. */
  async cli(...args: readonly string[]): Promise<CommandResult> {
    return await runCommand(
      this.machine,
      builtProgram('wrale-edge', ...args, '--state-dir', this.stateDir),
      commandTimeoutMs,
    )
  }
}
