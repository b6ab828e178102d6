import type { SimulatedChip } from './chip.ts'

/** What is wired to the lines. */
export interface LinesInput {
  /** Lines that something outside pulls down, bit 0 is P0. */
  pulledDown: number
}

/** PCF8574 (SCPS068): eight quasi-bidirectional lines. Every byte written is the latch; every byte read is the pins. */
export class SimulatedPcf8574 implements SimulatedChip {
  readonly #input: LinesInput
  #latch = 0xff

  constructor(input: LinesInput) {
    this.#input = input
  }

  /** What the chip itself drives: a test looks at it as a lamp would. */
  get latch(): number {
    return this.#latch
  }

  write(bytes: Uint8Array): void {
    this.#latch = bytes.at(-1) ?? this.#latch
  }

  read(length: number): Uint8Array {
    return new Uint8Array(length).fill(this.#latch & ~this.#input.pulledDown & 0xff)
  }

  powerOn(): void {
    this.#latch = 0xff
  }
}
