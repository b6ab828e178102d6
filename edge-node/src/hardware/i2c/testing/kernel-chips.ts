import { existsSync, writeFileSync } from 'node:fs'
import type { SimulatedChip } from '../simulated/chip.ts'

const commands = '/sys/module/wrale_i2c/parameters/command'

/** What the virtual board calls its bus. */
export const kernelBusName = 'wrale i2c'

/** How a chip keeps its values: in registers of 8 or 16 bits, or in nothing but eight lines. */
export type ChipWidth = 8 | 16 | 'lines'

/** Chips on the bus of the virtual board (build/lab/board/modules/wrale_i2c.c): to the kernel they are wires and bytes. */
export class KernelChips {
  /** Whether this kernel has that bus. */
  static get isPresent(): boolean {
    return existsSync(commands)
  }

  attach(address: number, width: ChipWidth): void {
    this.#do('attach', address, width === 'lines' ? 0 : width)
  }

  /** For lines: register 0 is the mask of those that something outside pulls down. */
  poke(address: number, register: number, value: number): void {
    this.#do('poke', address, register, value)
  }

  /** Sets every register to what a model of the chip shows. */
  copy(address: number, width: 8 | 16, chip: SimulatedChip): void {
    for (let register = 0; register < 256; register++) {
      chip.write(Uint8Array.of(register))
      const [first = 0, second = 0] = chip.read(width / 8)
      this.poke(address, register, width === 8 ? first : (first << 8) | second)
    }
  }

  /** The chip sends or takes so many bytes more, and is gone. */
  unplug(address: number, afterBytes = 0): void {
    this.#do('unplug', address, afterBytes)
  }

  /** It is back, and its registers are as they were. */
  plug(address: number): void {
    this.#do('plug', address)
  }

  /** From now on no transfer returns, until `release`. */
  hang(): void {
    this.#do('hang', 1)
  }

  release(): void {
    this.#do('hang', 0)
  }

  #do(command: string, ...numbers: readonly number[]): void {
    writeFileSync(commands, `${command} ${numbers.join(' ')}`)
  }
}
