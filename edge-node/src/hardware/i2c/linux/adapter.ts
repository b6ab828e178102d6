import { createRequire } from 'node:module'
import type { I2cAdapter } from '../adapter.ts'

/** What is used of a bus of the `i2c-bus` package. */
export interface KernelBus {
  readByte(address: number, register: number): Promise<number>
  writeByte(address: number, register: number, value: number): Promise<void>
  readWord(address: number, register: number): Promise<number>
  writeWord(address: number, register: number, value: number): Promise<void>
  readI2cBlock(
    address: number,
    register: number,
    length: number,
    buffer: Buffer,
  ): Promise<{ readonly bytesRead: number }>
  receiveByte(address: number): Promise<number>
  sendByte(address: number, value: number): Promise<void>
  i2cRead(address: number, length: number, buffer: Buffer): Promise<{ readonly bytesRead: number }>
  i2cWrite(address: number, length: number, buffer: Buffer): Promise<unknown>
  close(): Promise<void>
}

/** Opens a bus by its number. */
export type OpenKernelBus = (busNumber: number) => Promise<KernelBus>

/**
 * A bus of this machine, /dev/i2c-N, by the `i2c-bus` package (kernel: Documentation/i2c/dev-interface).
 *
 * After any failure all handles are let go: the package keeps a handle that it could not bind to its address, because a driver of the kernel
 * has that, and the next transfer over it would go to address 0, which every device hears. It also notices an adapter that came back.
 */
export class LinuxI2cAdapter implements I2cAdapter {
  readonly name: string
  readonly #busNumber: number
  readonly #open: OpenKernelBus
  #bus: KernelBus | undefined

  /** @param busNumber N of /dev/i2c-N; 1 is the bus on the header of a Raspberry Pi */
  constructor(busNumber: number, open: OpenKernelBus = openKernelBus) {
    this.name = `i2c-${busNumber}`
    this.#busNumber = busNumber
    this.#open = open
  }

  readByte(address: number, register: number): Promise<number> {
    return this.#use((bus) => bus.readByte(address, register))
  }

  writeByte(address: number, register: number, value: number): Promise<void> {
    return this.#use((bus) => bus.writeByte(address, register, value))
  }

  readWord(address: number, register: number): Promise<number> {
    return this.#use((bus) => bus.readWord(address, register))
  }

  writeWord(address: number, register: number, value: number): Promise<void> {
    return this.#use((bus) => bus.writeWord(address, register, value))
  }

  readBlock(address: number, register: number, length: number): Promise<Uint8Array> {
    const buffer = Buffer.alloc(length)
    return this.#use(async (bus) => whole(buffer, await bus.readI2cBlock(address, register, length, buffer)))
  }

  receiveByte(address: number): Promise<number> {
    return this.#use((bus) => bus.receiveByte(address))
  }

  sendByte(address: number, value: number): Promise<void> {
    return this.#use((bus) => bus.sendByte(address, value))
  }

  read(address: number, length: number): Promise<Uint8Array> {
    const buffer = Buffer.alloc(length)
    return this.#use(async (bus) => whole(buffer, await bus.i2cRead(address, length, buffer)))
  }

  write(address: number, bytes: Uint8Array): Promise<void> {
    return this.#use(async (bus) => void (await bus.i2cWrite(address, bytes.length, Buffer.from(bytes))))
  }

  async close(): Promise<void> {
    const bus = this.#bus
    this.#bus = undefined
    // A handle of a device that went away may refuse to close; it is gone all the same.
    await bus?.close().catch(() => undefined)
  }

  async #use<T>(transfer: (bus: KernelBus) => Promise<T>): Promise<T> {
    try {
      this.#bus ??= await this.#open(this.#busNumber)
      return await transfer(this.#bus)
    } catch (error) {
      await this.close()
      throw error
    }
  }
}

/** A device that sends less than it was asked for is not believed. */
function whole(buffer: Buffer, { bytesRead }: { readonly bytesRead: number }): Uint8Array {
  if (bytesRead === buffer.length) return Uint8Array.from(buffer)
  throw Object.assign(new Error(`${bytesRead} bytes came of ${buffer.length}`), { code: 'EIO', syscall: 'read' })
}

interface I2cBusPackage {
  openPromisified(busNumber: number): Promise<KernelBus>
}

/** Asks for the package at run time: it is a native add-on, and a machine on which it was not built has no bus rather than no daemon. */
async function openKernelBus(busNumber: number): Promise<KernelBus> {
  const load = createRequire(import.meta.url)
  let library: I2cBusPackage
  try {
    library = load('i2c-bus') as I2cBusPackage
  } catch (cause) {
    throw Object.assign(new Error('the i2c-bus add-on cannot be loaded', { cause }), {
      code: 'MODULE_NOT_FOUND',
      syscall: 'open',
    })
  }
  return library.openPromisified(busNumber)
}
