import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { FleetError } from '@wrale/kernel'
import type { Fan } from '../../devices.ts'
import { wantRatio } from '../../ratio.ts'
import { readText, writeAttribute } from '../sysfs.ts'
import { hardwareError } from './hardware-error.ts'

export interface PwmLineFanOptions {
  /** N of /sys/class/pwm/pwmchipN. */
  readonly chip: number
  readonly channel: number
  /** Default 25,000, which four-wire fans want (Intel, "4-Wire Pulse Width Modulation (PWM) Controlled Fans"). */
  readonly frequencyHz?: number
  /** Default /sys. */
  readonly sysRoot?: string
}

/** A fan at a bare PWM output, which no driver of the kernel has (kernel: Documentation/driver-api/pwm, "Using PWMs with the sysfs interface"). */
export class PwmLineFan implements Fan {
  readonly name: string
  readonly #chip: string
  readonly #channel: string
  readonly #line: string
  readonly #periodNs: number
  #asked: number | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor({ chip, channel, frequencyHz = 25_000, sysRoot = '/sys' }: PwmLineFanOptions) {
    this.name = `pwmchip${chip} channel ${channel}`
    this.#chip = join(sysRoot, `class/pwm/pwmchip${chip}`)
    this.#channel = String(channel)
    this.#line = join(this.#chip, `pwm${channel}`)
    this.#periodNs = Math.round(1e9 / frequencyHz)
  }

  get askedDuty(): number | undefined {
    return this.#asked
  }

  async setDuty(ratio: number): Promise<void> {
    wantRatio('fan duty', ratio)
    const mine = this.#last.then(() => this.#set(ratio))
    this.#last = mine.catch(() => undefined)
    await mine.catch((error: unknown) => {
      throw hardwareError(`the fan at ${this.name} cannot be set`, error)
    })
    this.#asked = ratio
  }

  release(): Promise<void> {
    this.#asked = undefined
    return Promise.resolve()
  }

  async #set(ratio: number): Promise<void> {
    if (!existsSync(this.#line)) await writeAttribute(join(this.#chip, 'export'), this.#channel)
    if (!existsSync(this.#line)) throw new FleetError('UNAVAILABLE', `there is no ${this.name}`)
    const attribute = (name: string): string => join(this.#line, name)
    if (Number(await readText(attribute('period'))) !== this.#periodNs) {
      // The kernel refuses a period that is shorter than the pulse in it.
      await writeAttribute(attribute('duty_cycle'), '0')
      await writeAttribute(attribute('period'), String(this.#periodNs))
    }
    await writeAttribute(attribute('duty_cycle'), String(Math.round(ratio * this.#periodNs)))
    if ((await readText(attribute('enable'))) !== '1') await writeAttribute(attribute('enable'), '1')
  }
}
