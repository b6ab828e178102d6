import { toFleetError } from '@wrale/kernel'
import type { Fan } from '../devices.ts'
import type { Gpio } from '../gpio/gpio.ts'
import { wantRatio } from '../ratio.ts'

/** A fan behind an output line: on or off. Whatever is asked above nothing is on; what turns it off and on too often is the caller's care. */
export class GpioFan implements Fan {
  readonly name: string
  readonly #gpio: Pick<Gpio, 'write'>
  readonly #line: string
  #asked: number | undefined

  /** @param line name of the output that the fan is switched by */
  constructor(deps: { readonly gpio: Pick<Gpio, 'write'> }, line: string) {
    this.name = `line ${line}`
    this.#gpio = deps.gpio
    this.#line = line
  }

  get askedDuty(): number | undefined {
    return this.#asked
  }

  async setDuty(ratio: number): Promise<void> {
    wantRatio('fan duty', ratio)
    try {
      this.#gpio.write(this.#line, ratio > 0 ? 'on' : 'off')
    } catch (error) {
      throw toFleetError(error, 'UNAVAILABLE')
    }
    this.#asked = ratio
  }

  release(): Promise<void> {
    this.#asked = undefined
    return Promise.resolve()
  }
}
