import type { MessagePortMain } from 'electron'
import {
  type Cancel,
  type Clock,
  Emitter,
  FleetError,
  type Logger,
  type Signal,
  type Startable,
  toFleetError,
} from '@wrale/kernel'
import { errorOfFailed, type FromStation, fromStationSchema, isFinal, type ToStation } from './messages.ts'
import { RestartBudget } from './restart-budget.ts'

/** What is used of Electron's UtilityProcess. */
export interface StationProcess {
  readonly pid: number | undefined
  on(event: 'message', listener: (message: unknown) => void): unknown
  on(event: 'exit', listener: (code: number) => void): unknown
  postMessage(message: ToStation, ports?: MessagePortMain[]): void
  kill(): boolean
}

export type StationState =
  | { readonly phase: 'stopped' }
  | { readonly phase: 'starting' }
  | { readonly phase: 'running' }
  /** It ended by itself and is started again after the wait. */
  | { readonly phase: 'waiting'; readonly waitMs: number; readonly error: FleetError }
  /** It is not started again unless `start` is called. */
  | { readonly phase: 'failed'; readonly error: FleetError }

export interface SupervisorDeps {
  /** Starts a station process. */
  readonly spawn: () => StationProcess
  readonly clock: Clock
  readonly logger: Logger
  readonly budget?: RestartBudget
}

export interface SupervisorOptions {
  /** Longest time from the start of the process to its `ready`, ms; then it is ended and counts as crashed. Default 30,000. */
  readonly startTimeoutMs?: number
  /** Longest orderly stop, ms; then the process is killed. Default 6000. */
  readonly stopTimeoutMs?: number
}

/** Keeps one station process running: restarts it after a crash with growing waits, and gives up after some in a row. */
export class StationSupervisor implements Startable {
  readonly #deps: SupervisorDeps
  readonly #budget: RestartBudget
  readonly #startTimeoutMs: number
  readonly #stopTimeoutMs: number
  readonly #changed = new Emitter<StationState>()
  readonly #disconnected = new Emitter<number>()
  #state: StationState = { phase: 'stopped' }
  #process: StationProcess | undefined
  #exited: Promise<void> = Promise.resolve()
  #cancelTimer: Cancel = () => undefined

  constructor(deps: SupervisorDeps, options: SupervisorOptions = {}) {
    this.#deps = deps
    this.#budget = deps.budget ?? new RestartBudget()
    this.#startTimeoutMs = options.startTimeoutMs ?? 30_000
    this.#stopTimeoutMs = options.stopTimeoutMs ?? 6000
  }

  get state(): StationState {
    return this.#state
  }

  get changed(): Signal<StationState> {
    return this.#changed
  }

  /** The other end of the port that was handed over under this link number is gone. */
  get disconnected(): Signal<number> {
    return this.#disconnected
  }

  /** Resolves when the process was asked for; `changed` tells when it runs. From `failed` it starts with a new budget. */
  async start(): Promise<void> {
    if (this.#state.phase !== 'stopped' && this.#state.phase !== 'failed') return
    this.#budget.reset()
    this.#spawn()
  }

  /** Hands a port over to the running station. False, and the port is still the caller's, when none is running. */
  connect(link: number, port: MessagePortMain): boolean {
    if (this.#state.phase !== 'running' || this.#process === undefined) return false
    this.#process.postMessage({ type: 'connect', link } satisfies ToStation, [port])
    return true
  }

  async stop(): Promise<void> {
    this.#cancelTimer()
    this.#become({ phase: 'stopped' })
    const running = this.#process
    if (running === undefined) return
    running.postMessage({ type: 'stop' } satisfies ToStation)
    if (await this.#endsWithin(this.#stopTimeoutMs)) return
    this.#deps.logger.warn('station did not stop in time, killing it', { pid: running.pid ?? null })
    running.kill()
    await this.#endsWithin(1000)
  }

  #spawn(): void {
    const { spawn, clock, logger } = this.#deps
    const startedMs = clock.monotonicMs()
    let failure: FleetError | undefined
    const ended = (error: FleetError): void => this.#ended(failure ?? error, clock.monotonicMs() - startedMs)
    this.#become({ phase: 'starting' })

    let child: StationProcess
    try {
      child = spawn()
    } catch (error) {
      ended(toFleetError(error, 'UNAVAILABLE'))
      return
    }
    this.#process = child
    this.#cancelTimer = clock.schedule(this.#startTimeoutMs, () => {
      failure = new FleetError('TIMEOUT', `the station did not start within ${this.#startTimeoutMs / 1000} s`)
      child.kill()
    })
    child.on('message', (raw: unknown) => {
      const message = fromStationSchema.safeParse(raw)
      if (!message.success) logger.warn('message of an unknown form from the station process')
      else if (message.data.type === 'failed') failure = errorOfFailed(message.data)
      else this.#heard(message.data)
    })
    this.#exited = new Promise((resolve) => {
      child.on('exit', (code) => {
        this.#process = undefined
        this.#cancelTimer()
        ended(
          new FleetError('UNAVAILABLE', `the station process ended by itself (exit code ${code})`, { exitCode: code }),
        )
        resolve()
      })
    })
  }

  #heard(message: Exclude<FromStation, { type: 'failed' }>): void {
    if (message.type === 'disconnected') {
      this.#disconnected.emit(message.link)
    } else if (this.#state.phase === 'starting') {
      this.#cancelTimer()
      this.#become({ phase: 'running' })
    }
  }

  #ended(error: FleetError, ranForMs: number): void {
    const { clock, logger } = this.#deps
    if (this.#state.phase === 'stopped') return
    const waitMs = isFinal(error) ? undefined : this.#budget.next(ranForMs)
    if (waitMs === undefined) {
      logger.error('station failed and is not started again', { error })
      this.#become({ phase: 'failed', error })
      return
    }
    logger.warn('station ended by itself, starting it again', { error, waitMs })
    this.#become({ phase: 'waiting', waitMs, error })
    this.#cancelTimer = clock.schedule(waitMs, () => this.#spawn())
  }

  async #endsWithin(timeoutMs: number): Promise<boolean> {
    let cancel: Cancel = () => undefined
    const timeout = new Promise<boolean>(
      (resolve) => (cancel = this.#deps.clock.schedule(timeoutMs, () => resolve(false))),
    )
    const ended = await Promise.race([this.#exited.then(() => true), timeout])
    cancel()
    return ended
  }

  #become(state: StationState): void {
    if (this.#state.phase === 'stopped' && state.phase === 'stopped') return
    this.#state = state
    this.#changed.emit(state)
  }
}
