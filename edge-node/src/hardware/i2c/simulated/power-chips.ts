import { ina219Configuration, ina219Registers } from '../sensors/ina219.ts'
import { ina226Die, ina226Manufacturer, ina226Registers } from '../sensors/ina226.ts'
import { steps, WordChip } from './chip.ts'

/** The circuit that a power meter sits in. */
export interface MeterInput {
  busVolts: number
  /** Through the shunt; negative when it flows back. */
  amperes: number
  readonly shuntOhms: number
}

/** What the chip measures by itself, before any arithmetic. */
function shuntSteps({ amperes, shuntOhms }: MeterInput, stepVolts: number, limit: number): number {
  return steps(amperes * shuntOhms, stepVolts, -limit, limit)
}

/** INA219 (SBOS448, "Programming the Calibration Register", equations 4 and 5). */
export class SimulatedIna219 extends WordChip {
  readonly #input: MeterInput
  #configuration = 0
  #calibration = 0

  constructor(input: MeterInput) {
    super()
    this.#input = input
  }

  protected reset(): void {
    this.#configuration = ina219Configuration
    this.#calibration = 0
  }

  protected readWord(register: number): number {
    const shunt = shuntSteps(this.#input, 10e-6, 32_000)
    const bus = steps(this.#input.busVolts, 0.004, 0, 8000)
    const current = Math.trunc((shunt * this.#calibration) / 4096)
    const isOverflow = Math.abs(current) > 0x7fff
    switch (register) {
      case ina219Registers.configuration:
        return this.#configuration
      case ina219Registers.shunt:
        return shunt & 0xffff
      case ina219Registers.bus:
        // Bit 1: a conversion is ready.
        return (bus << 3) | 2 | (isOverflow ? 1 : 0)
      case ina219Registers.power:
        return Math.min(0xffff, Math.trunc((Math.abs(current) * bus) / 5000))
      case ina219Registers.current:
        return Math.max(-0x8000, Math.min(0x7fff, current)) & 0xffff
      case ina219Registers.calibration:
        return this.#calibration
      default:
        return 0
    }
  }

  protected writeWord(register: number, word: number): void {
    if (register === ina219Registers.calibration) this.#calibration = word & 0xfffe
    else if (register === ina219Registers.configuration) {
      if ((word & 0x8000) === 0) this.#configuration = word & 0x3fff
      else this.reset()
    }
  }
}

/** INA226 (SBOS547B section 6.5.1, equations 3 and 4). */
export class SimulatedIna226 extends WordChip {
  readonly #input: MeterInput
  #configuration = 0
  #calibration = 0

  constructor(input: MeterInput) {
    super()
    this.#input = input
  }

  protected reset(): void {
    this.#configuration = 0x4127
    this.#calibration = 0
  }

  protected readWord(register: number): number {
    const shunt = shuntSteps(this.#input, 2.5e-6, 0x7fff)
    const bus = steps(this.#input.busVolts, 0.00125, 0, 0x7fff)
    const current = Math.trunc((shunt * this.#calibration) / 2048)
    const isOverflow = Math.abs(current) > 0x7fff
    switch (register) {
      case ina226Registers.configuration:
        return this.#configuration
      case ina226Registers.shunt:
        return shunt & 0xffff
      case ina226Registers.bus:
        return bus
      case ina226Registers.power:
        return Math.min(0xffff, Math.trunc((Math.abs(current) * bus) / 20_000))
      case ina226Registers.current:
        return Math.max(-0x8000, Math.min(0x7fff, current)) & 0xffff
      case ina226Registers.calibration:
        return this.#calibration
      case ina226Registers.mask:
        // Bit 3: a conversion is ready.
        return 8 | (isOverflow ? 4 : 0)
      case ina226Registers.manufacturer:
        return ina226Manufacturer
      case ina226Registers.die:
        return ina226Die
      default:
        return 0
    }
  }

  protected writeWord(register: number, word: number): void {
    if (register === ina226Registers.calibration) this.#calibration = word & 0x7fff
    else if (register === ina226Registers.configuration) {
      if ((word & 0x8000) === 0) this.#configuration = (word & 0x0fff) | 0x4000
      else this.reset()
    }
  }
}
