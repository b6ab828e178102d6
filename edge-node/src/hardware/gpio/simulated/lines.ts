import type { Clock } from '@wrale/kernel'
import type { LineDriver, LineHandle } from '../driver.ts'
import type { Absence } from '../gpio.ts'
import type { Level, LineSettings } from '../settings.ts'
import { SimulatedPin } from './pin.ts'

/** A pin as the simulator's user names it: `chip` is left out for the header's. */
export interface PinAddress {
  readonly chip?: string | undefined
  readonly pin: number
}

export interface SimulatedLinesOptions {
  /** Lines of each further chip, by its label. Default: no chip but the header's. */
  readonly chips?: Readonly<Record<string, number>>
}

/** As many as the chip of a Raspberry Pi has. */
const headerLines = 54

/** Most level changes of one `bounce`. */
const maxBounces = 1000

/** Pins without hardware, in the time of a clock. They outlive the lines that use them, as those of a board outlive its processes. */
export class SimulatedLines implements LineDriver {
  readonly simulated = true
  readonly #clock: Clock
  readonly #chips: Readonly<Record<string, number>>
  readonly #pins = new Map<string, SimulatedPin>()

  constructor(deps: { readonly clock: Clock }, options: SimulatedLinesOptions = {}) {
    this.#clock = deps.clock
    this.#chips = options.chips ?? {}
  }

  open(line: LineSettings, drive: Level | 'keep'): LineHandle | Absence {
    const count = this.#count(line)
    if (count === undefined) return { reason: 'no-chip', detail: `there is no GPIO chip ${line.chip}` }
    if (line.pin >= count) return { reason: 'no-line', detail: `the chip has the lines 0 to ${count - 1}` }
    return this.pin(line).open(line, drive)
  }

  /** The pin itself, for whoever plays the world outside the board. */
  pin(address: PinAddress): SimulatedPin {
    const key = `${address.chip ?? ''}/${address.pin}`
    let pin = this.#pins.get(key)
    if (pin === undefined) {
      if (address.pin >= (this.#count(address) ?? 0)) throw new RangeError(`no such pin: ${key}`)
      pin = new SimulatedPin()
      this.#pins.set(key, pin)
    }
    return pin
  }

  /**
   * A contact that bounces: the pin changes `changes` times, the first time now, then every `everyMs`.
   * @param changes 1 to 1000; with an odd number the pin ends at the other level
   */
  bounce(address: PinAddress, changes: number, everyMs: number): void {
    if (changes < 1 || changes > maxBounces) throw new RangeError(`a bounce has 1 to ${maxBounces} changes`)
    const pin = this.pin(address)
    pin.drive(pin.voltage === 'high' ? 'low' : 'high')
    if (changes > 1) this.#clock.schedule(everyMs, () => this.bounce(address, changes - 1, everyMs))
  }

  /** The process that used the pins is gone, without having let them go. */
  crash(): void {
    for (const pin of this.#pins.values()) pin.abandon()
  }

  #count({ chip }: PinAddress): number | undefined {
    return chip === undefined ? headerLines : this.#chips[chip]
  }
}
