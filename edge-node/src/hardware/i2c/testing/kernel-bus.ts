import type { I2cAdapter } from '../adapter.ts'
import type { KernelBus, OpenKernelBus } from '../linux/adapter.ts'

/**
 * Stands in for the `i2c-bus` package over any adapter, with the package's own ways: opening touches nothing, the device file is opened at the
 * first transfer with an address, and a handle that the kernel refused to bind is kept and then speaks to address 0.
 */
export class FakeKernelBuses {
  /** Addresses that were spoken to without being asked for. */
  readonly strayed: number[] = []
  openHandles = 0
  readonly #adapter: I2cAdapter

  constructor(adapter: I2cAdapter) {
    this.#adapter = adapter
  }

  readonly open: OpenKernelBus = () => {
    const handles = new Set<number>()
    const use = async <T>(address: number, transfer: () => Promise<T>): Promise<T> => {
      if (handles.has(address)) return transfer().catch((error: unknown) => this.#noteStray(error, address))
      handles.add(address)
      this.openHandles++
      return transfer()
    }
    const filled = async (buffer: Buffer, bytes: Promise<Uint8Array>) => {
      buffer.set(await bytes)
      return { bytesRead: buffer.length }
    }
    const adapter = this.#adapter
    const bus: KernelBus = {
      readByte: (address, register) => use(address, () => adapter.readByte(address, register)),
      writeByte: (address, register, value) => use(address, () => adapter.writeByte(address, register, value)),
      readWord: (address, register) => use(address, () => adapter.readWord(address, register)),
      writeWord: (address, register, value) => use(address, () => adapter.writeWord(address, register, value)),
      readI2cBlock: (address, register, length, buffer) =>
        use(address, () => filled(buffer, adapter.readBlock(address, register, length))),
      receiveByte: (address) => use(address, () => adapter.receiveByte(address)),
      sendByte: (address, value) => use(address, () => adapter.sendByte(address, value)),
      i2cRead: (address, length, buffer) => use(address, () => filled(buffer, adapter.read(address, length))),
      i2cWrite: (address, _length, buffer) => use(address, () => adapter.write(address, buffer)),
      close: () => {
        this.openHandles -= handles.size
        handles.clear()
        return Promise.resolve()
      },
    }
    return Promise.resolve(bus)
  }

  #noteStray(error: unknown, address: number): never {
    if (error instanceof Error && 'code' in error && error.code === 'EBUSY') this.strayed.push(address)
    throw error
  }
}
