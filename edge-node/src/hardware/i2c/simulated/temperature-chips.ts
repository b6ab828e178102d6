import { steps, WordChip } from './chip.ts'

/** What a thermometer is exposed to. */
export interface ThermometerInput {
  celsius: number
}

/** The TMP102's temperature register in 12 bits (SBOS397, "Temperature Register"): -128 to 127.9375 in sixteenths. */
export function encodeTmp102(celsius: number): number {
  return (steps(celsius, 1 / 16, -2048, 2047) << 4) & 0xffff
}

/** The LM75's temperature register (SNIS153, "Temperature Register"), left-justified. */
export function encodeLm75(celsius: number, resolutionBits: 9 | 11): number {
  const half = 2 ** (resolutionBits - 1)
  return (steps(celsius, 2 ** (8 - resolutionBits), -half, half - 1) << (16 - resolutionBits)) & 0xffff
}

/** TMP102 (SBOS397): temperature, configuration and two limits. In shutdown the temperature stays as it was. */
export class SimulatedTmp102 extends WordChip {
  readonly #input: ThermometerInput
  #configuration = 0
  #limits = [0, 0]
  #shown = 0

  constructor(input: ThermometerInput) {
    super()
    this.#input = input
  }

  protected reset(): void {
    this.#configuration = 0x60a0
    this.#limits = [0x4b00, 0x5000]
    this.#shown = 0
  }

  protected readWord(register: number): number {
    if (register === 1) return this.#configuration
    if (register === 2 || register === 3) return this.#limits[register - 2] ?? 0
    if ((this.#configuration & 0x0100) === 0) this.#shown = encodeTmp102(this.#input.celsius)
    return this.#shown
  }

  protected writeWord(register: number, word: number): void {
    // The resolution bits are always set, and the unused ones never.
    if (register === 1) this.#configuration = (word | 0x6000) & 0x7ff0
    else if (register === 2 || register === 3) this.#limits[register - 2] = word & 0xfff8
  }
}

/** LM75 (SNIS153): temperature, a configuration of 8 bits and two limits. */
export class SimulatedLm75 extends WordChip {
  readonly #input: ThermometerInput
  readonly #resolutionBits: 9 | 11
  #configuration = 0
  #shown = 0

  constructor(input: ThermometerInput, resolutionBits: 9 | 11 = 9) {
    super()
    this.#input = input
    this.#resolutionBits = resolutionBits
  }

  protected reset(): void {
    this.#configuration = 0
    this.#shown = 0
  }

  protected readWord(register: number): number {
    if (register === 1) return this.#configuration << 8
    if (register === 2) return 0x4b00
    if (register === 3) return 0x5000
    if ((this.#configuration & 1) === 0) this.#shown = encodeLm75(this.#input.celsius, this.#resolutionBits)
    return this.#shown
  }

  protected writeWord(): void {
    // Only the limits have 16 bits, and nothing here compares with them.
  }

  protected override writeByte(register: number, value: number): void {
    if (register === 1) this.#configuration = value & 0x1f
  }
}
