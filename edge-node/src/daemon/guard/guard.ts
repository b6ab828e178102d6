import type { Clock, Logger, Signal, Startable, Unsubscribe } from '@wrale/kernel'
import { openSettings, type Settings } from '@wrale/host'
import { z } from 'zod'
import type { Actuators } from '../../features/safety/engine/actuators.ts'
import { SafetyEngine } from '../../features/safety/engine/engine.ts'
import type { SafetySample } from '../../features/safety/engine/sample.ts'
import type { SafetySettings } from '../../features/safety/settings.ts'
import { latchOf, type TamperLatch, tamperLatchSchema } from '../../features/safety/tamper/latch.ts'
import type { Devices } from '../../hardware/devices.ts'
import type { DecisionLog } from './decision-log.ts'

/** The latch as a file that may not be there. */
const latchFileSchema = z.strictObject({
  stage: tamperLatchSchema.shape.stage.default('clear'),
  latched: tamperLatchSchema.shape.latched.default([]),
})

export interface GuardDeps {
  readonly sampled: Signal<SafetySample>
  readonly devices: () => Devices
  /** What it acts on besides the machine's devices. */
  readonly others: Pick<Actuators, 'alarm' | 'writes'>
  readonly log: DecisionLog
  /** Where it keeps what must outlive the daemon. */
  readonly latchFile: string
  readonly trustedWallMs: () => number | undefined
  readonly clock: Clock
  readonly logger: Logger
}

export interface GuardOptions {
  readonly settings: SafetySettings
  /** Whether it may turn the machine off. */
  readonly mayPowerDown: boolean
}

/** The safety policies on this machine's devices. Nothing of the network is needed, and of the disk the latch alone. */
export class Guard implements Startable {
  readonly engine: SafetyEngine
  readonly #deps: GuardDeps
  readonly #devices: Devices
  #latch: Settings<TamperLatch> | undefined
  #keeping: Promise<void> = Promise.resolve()
  #unsubscribe: Unsubscribe | undefined

  constructor(deps: GuardDeps, { settings, mayPowerDown }: GuardOptions) {
    this.#deps = deps
    const { log, others, sampled, trustedWallMs, clock, logger } = deps
    const { fan, cpu, powerDown } = (this.#devices = deps.devices())
    const actuators: Actuators = {
      ...others,
      ...(fan && { fan }),
      ...(cpu && { cpu }),
      lastGasp: { send: (gasp) => log.lastGasp(gasp) },
      ...(powerDown && mayPowerDown && { power: { down: ({ reason }) => powerDown.powerDown(reason) } }),
    }
    this.engine = new SafetyEngine({ sampled, actuators, trustedWallMs, clock, logger }, { settings })
  }

  async start(): Promise<void> {
    if (this.#unsubscribe !== undefined) return
    // What a daemon that was killed left behind is nobody's wish any more.
    await this.#handBack()
    await this.#openLatch()
    const { log } = this.#deps
    this.#unsubscribe = this.engine.decided.subscribe((made) => {
      log.note(made)
      if (made.policy === 'tamper') this.#keeping = this.#keepLatch()
    })
    await this.engine.start()
  }

  async stop(): Promise<void> {
    if (this.#unsubscribe === undefined) return
    // Leaves the fan at a duty that is safe with nobody there, for machines that have no control of their own.
    await this.engine.stop()
    this.#unsubscribe()
    this.#unsubscribe = undefined
    await this.#handBack()
    await this.#keeping
  }

  async #handBack(): Promise<void> {
    for (const device of [this.#devices.fan, this.#devices.cpu]) {
      try {
        await device?.release()
      } catch (error) {
        this.#deps.logger.warn('a device could not be handed back to the machine', { device: device?.name, error })
      }
    }
  }

  /** A disk that does not answer must not keep the policies from starting. */
  async #openLatch(): Promise<void> {
    const { latchFile, logger } = this.#deps
    try {
      this.#latch = await openSettings(latchFile, latchFileSchema)
      const { damaged, data } = this.#latch
      if (damaged !== undefined) logger.error('the tamper latch was damaged and begins anew', { setAside: damaged })
      if (data.stage !== 'clear') this.engine.restore(data)
    } catch (error) {
      logger.error('the tamper latch cannot be read', { error })
    }
  }

  async #keepLatch(): Promise<void> {
    const latch = latchOf(this.engine.state.tamper)
    try {
      await this.#latch?.update((data) => Object.assign(data, latch))
    } catch (error) {
      this.#deps.logger.error('the tamper latch cannot be kept', { error })
    }
  }
}
