import { type Clock, FleetError, type Logger, repeat, type Startable } from '@wrale/kernel'
import type { Watchdog } from '../../hardware/devices.ts'

/** Where the driver does not say how long it waits, ms. */
const usualTimeoutMs = 15_000

export interface WatchdogFeederDeps {
  readonly watchdog: Watchdog
  /** Why the daemon does not do its work, one sentence; undefined while it does. */
  readonly stuck: () => string | undefined
  readonly clock: Clock
  readonly logger: Logger
}

/** Keeps the machine's watchdog quiet for as long as the daemon does its work, and no longer. */
export class WatchdogFeeder implements Startable {
  readonly #deps: WatchdogFeederDeps
  #stop: (() => Promise<void>) | undefined
  #fedAtMs: number | undefined
  #said: string | undefined

  constructor(deps: WatchdogFeederDeps) {
    this.#deps = deps
  }

  get watchdog(): Watchdog {
    return this.#deps.watchdog
  }

  /** Monotonic, ms. */
  get fedAtMs(): number | undefined {
    return this.#fedAtMs
  }

  async start(): Promise<void> {
    if (this.#stop !== undefined) return
    const { clock, watchdog } = this.#deps
    try {
      await watchdog.open()
    } catch (error) {
      // The daemon is worth more with no watchdog than not at all; `doctor` and the station show it.
      this.#say('the watchdog cannot be armed', error)
      return
    }
    const timeoutMs = (watchdog.state.timeoutSeconds ?? usualTimeoutMs / 1000) * 1000
    this.#stop = repeat(
      clock,
      Math.max(200, timeoutMs / 3),
      () => this.#feed(),
      (error) => this.#say('the watchdog cannot be fed', error),
    )
    await this.#feed().catch((error: unknown) => this.#say('the watchdog cannot be fed', error))
  }

  async stop(): Promise<void> {
    const stop = this.#stop
    this.#stop = undefined
    if (stop === undefined) return
    await stop()
    await this.#deps.watchdog.close()
  }

  async #feed(): Promise<void> {
    const { clock, logger, stuck, watchdog } = this.#deps
    const reason = stuck()
    if (reason !== undefined) throw new FleetError('UNAVAILABLE', `it is not fed: ${reason}`)
    await watchdog.feed()
    this.#fedAtMs = clock.monotonicMs()
    if (this.#said !== undefined) logger.info('the watchdog is fed again')
    this.#said = undefined
  }

  /** Once, however often it fails in the same way. */
  #say(what: string, error: unknown): void {
    const text = `${what}: ${String(error)}`
    if (text === this.#said) return
    this.#said = text
    this.#deps.logger.error(what, { watchdog: this.#deps.watchdog.name, error })
  }
}
