import type { I2cAdapter } from '../adapter.ts'
import type { SimulatedChip } from './chip.ts'

/** What can be wrong with a chip, on demand. `stick`: it repeats what it said. `nonsense`: it says anything. */
export type ChipFault = 'unplug' | 'stick' | 'nonsense'

export interface SimulatedAdapterOptions {
  /** Default `i2c-1`. */
  readonly name?: string
  /** As i2c-stub: no plain transfers, and ENODEV where nothing answers. Default false. */
  readonly smbusOnly?: boolean
  /** For nonsense, in [0, 1). Default Math.random. */
  readonly random?: () => number
  /** Called before each transfer: the time to bring what the chips measure up to date. Default nothing. */
  readonly before?: () => void
}

interface Socket {
  readonly chip: SimulatedChip
  fault: ChipFault | undefined
  /** What the chip said last, by what was asked, while it sticks. At most one entry for each register. */
  readonly said: Map<string, Uint8Array>
}

/** A bus of simulated chips, with faults. It passes the same conformance suite as the kernel's. */
export class SimulatedI2cAdapter implements I2cAdapter {
  readonly name: string
  readonly #smbusOnly: boolean
  readonly #random: () => number
  readonly #before: () => void
  readonly #sockets = new Map<number, Socket>()
  readonly #held = new Set<number>()
  #absent = false
  /** While the bus hangs: what to call when it is let go. */
  #hanging: Promise<void> | undefined
  #letGo: () => void = () => undefined

  constructor(options: SimulatedAdapterOptions = {}) {
    this.name = options.name ?? 'i2c-1'
    this.#smbusOnly = options.smbusOnly ?? false
    this.#random = options.random ?? Math.random
    this.#before = options.before ?? (() => undefined)
  }

  /** Plugs a chip in, in place of the one that was there. */
  attach(address: number, chip: SimulatedChip): void {
    chip.powerOn()
    this.#sockets.set(address, { chip, fault: undefined, said: new Map() })
  }

  /** Sets or, with undefined, ends a fault. A chip that is plugged in again starts from its defaults. */
  setFault(address: number, fault: ChipFault | undefined): void {
    const socket = this.#sockets.get(address)
    if (socket === undefined) return
    if (socket.fault === 'unplug' && fault !== 'unplug') socket.chip.powerOn()
    socket.fault = fault
    if (fault !== 'stick') socket.said.clear()
  }

  /** Gives an address to a driver of the kernel, or takes it back. */
  setHeld(address: number, isHeld: boolean): void {
    if (isHeld) this.#held.add(address)
    else this.#held.delete(address)
  }

  /** Takes the whole bus away, or brings it back. */
  setAbsent(isAbsent: boolean): void {
    this.#absent = isAbsent
  }

  /** From now on no transfer returns, as when a chip holds the data line down. */
  hang(): void {
    this.#hanging ??= new Promise((resolve) => {
      this.#letGo = resolve
    })
  }

  /** Lets the transfers that hang return, and later ones pass. */
  release(): void {
    this.#hanging = undefined
    this.#letGo()
  }

  async readByte(address: number, register: number): Promise<number> {
    return byteAt(await this.#exchange(address, [register], 1), 0)
  }

  async writeByte(address: number, register: number, value: number): Promise<void> {
    await this.#exchange(address, [register, value], 0)
  }

  async readWord(address: number, register: number): Promise<number> {
    const bytes = await this.#exchange(address, [register], 2)
    return byteAt(bytes, 0) | (byteAt(bytes, 1) << 8)
  }

  async writeWord(address: number, register: number, value: number): Promise<void> {
    await this.#exchange(address, [register, value & 0xff, value >> 8], 0)
  }

  readBlock(address: number, register: number, length: number): Promise<Uint8Array> {
    return this.#exchange(address, [register], length)
  }

  async receiveByte(address: number): Promise<number> {
    return byteAt(await this.#exchange(address, [], 1), 0)
  }

  async sendByte(address: number, value: number): Promise<void> {
    await this.#exchange(address, [value], 0)
  }

  async read(address: number, length: number): Promise<Uint8Array> {
    this.#wantPlain()
    return this.#exchange(address, [], length)
  }

  async write(address: number, bytes: Uint8Array): Promise<void> {
    this.#wantPlain()
    await this.#exchange(address, [...bytes], 0)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #wantPlain(): void {
    if (this.#smbusOnly) throw errno('ENOTSUP', 'read')
  }

  async #exchange(address: number, written: readonly number[], length: number): Promise<Uint8Array> {
    this.#before()
    await this.#hanging
    if (this.#absent) throw errno('ENOENT', 'open')
    if (this.#held.has(address)) throw errno('EBUSY', 'ioctl')
    const socket = this.#sockets.get(address)
    if (socket === undefined || socket.fault === 'unplug') throw errno(this.#smbusOnly ? 'ENODEV' : 'ENXIO', 'ioctl')
    if (written.length > 0) socket.chip.write(Uint8Array.from(written))
    if (length === 0) return new Uint8Array()
    return this.#answer(socket, `${written.join()}/${length}`, length)
  }

  #answer(socket: Socket, question: string, length: number): Uint8Array {
    if (socket.fault === 'nonsense') return Uint8Array.from({ length }, () => Math.floor(this.#random() * 256))
    const answer = (socket.fault === 'stick' ? socket.said.get(question) : undefined) ?? socket.chip.read(length)
    if (socket.fault === 'stick') socket.said.set(question, answer)
    return answer
  }
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0
}

function errno(code: string, syscall: string): Error {
  return Object.assign(new Error(`${code}, ${syscall}`), { code, syscall })
}
