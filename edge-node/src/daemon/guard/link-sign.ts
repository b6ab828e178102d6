import { readFile } from 'node:fs/promises'
import { type Clock, Emitter, type Logger, repeat, type Signal, type Startable } from '@wrale/kernel'
import { errnoOf } from '@wrale/host'
import type { SafetySample } from '../../features/safety/engine/sample.ts'

/** RFC 2863, ifOperStatus, as sysfs has it. What is not here says nothing, such as `unknown` of drivers that do not tell. */
const meaning: Readonly<Record<string, boolean>> = { up: true, down: false, lowerlayerdown: false, notpresent: false }
const everyMs = 1000

export interface LinkSignDeps {
  readonly clock: Clock
  readonly logger: Logger
  /** Where the kernel shows interfaces. Default `/sys/class/net`. */
  readonly folder?: string
}

/** Tells the safety policies whether a network interface has its link. One that was there and is gone is cut. */
export class LinkSign implements Startable {
  readonly #deps: LinkSignDeps
  readonly #interface: string
  readonly #sampled = new Emitter<SafetySample>()
  #wasThere = false
  #stop: (() => Promise<void>) | undefined

  constructor(deps: LinkSignDeps, name: string) {
    this.#deps = deps
    this.#interface = name
  }

  get sampled(): Signal<SafetySample> {
    return this.#sampled
  }

  async start(): Promise<void> {
    if (this.#stop !== undefined) return
    const { clock, logger } = this.#deps
    const failed = (error: unknown): void => logger.error('looking at the link failed', { error })
    this.#stop = repeat(clock, everyMs, () => this.#look(), failed)
    await this.#look().catch(failed)
  }

  async stop(): Promise<void> {
    const stop = this.#stop
    this.#stop = undefined
    await stop?.()
  }

  async #look(): Promise<void> {
    this.#sampled.emit({ tamper: { linkUp: await this.#isUp() } })
  }

  async #isUp(): Promise<boolean | undefined> {
    const { folder = '/sys/class/net' } = this.#deps
    try {
      const state = (await readFile(`${folder}/${this.#interface}/operstate`, 'utf8')).trim()
      this.#wasThere = true
      return meaning[state]
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return this.#wasThere ? false : undefined
      return undefined
    }
  }
}
