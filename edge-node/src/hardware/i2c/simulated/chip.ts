/** A chip as the wires see it. What SMBus calls reading a register is a write of its number and then a read. */
export interface SimulatedChip {
  /** Bytes after the address, in one transfer. */
  write(bytes: Uint8Array): void
  /** The next `length` bytes that the chip sends. */
  read(length: number): Uint8Array
  /** Its supply went and came back: all registers have their defaults. */
  powerOn(): void
}

/** A chip with registers of 16 bits, high byte first, and a pointer that stays where it was put. */
export abstract class WordChip implements SimulatedChip {
  #pointer = 0

  write(bytes: Uint8Array): void {
    const [pointer, high, low] = bytes
    if (pointer === undefined) return
    this.#pointer = pointer
    if (high !== undefined && low !== undefined) this.writeWord(pointer, (high << 8) | low)
    else if (high !== undefined) this.writeByte(pointer, high)
  }

  read(length: number): Uint8Array {
    const word = this.readWord(this.#pointer)
    return Uint8Array.from({ length }, (_, index) => (index % 2 === 0 ? word >> 8 : word & 0xff))
  }

  powerOn(): void {
    this.#pointer = 0
    this.reset()
  }

  protected abstract reset(): void
  protected abstract readWord(register: number): number
  protected abstract writeWord(register: number, word: number): void
  /** A register of 8 bits; most of these chips have none. */
  protected writeByte(_register: number, _value: number): void {}
}

/** A chip with registers of 8 bits; reading goes on to the next register. */
export abstract class ByteChip implements SimulatedChip {
  #pointer = 0

  write(bytes: Uint8Array): void {
    this.#pointer = bytes[0] ?? this.#pointer
    // Pairs of register and value.
    for (let index = 1; index < bytes.length; index += 2) {
      const register = index === 1 ? this.#pointer : (bytes[index - 1] ?? 0)
      this.writeByte(register, bytes[index] ?? 0)
    }
  }

  read(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => {
      const value = this.readByte(this.#pointer)
      this.#pointer = (this.#pointer + 1) & 0xff
      return value
    })
  }

  powerOn(): void {
    this.#pointer = 0
    this.reset()
  }

  protected abstract reset(): void
  protected abstract readByte(register: number): number
  protected abstract writeByte(register: number, value: number): void
}

/** A number of steps as a chip holds it: whole, and at the end of its range when it is beyond. */
export function steps(value: number, stepSize: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, Math.round(value / stepSize)))
}
