import type { Signal } from '@wrale/kernel'

/** Addresses that devices may have; the others are reserved (UM10204, "Reserved addresses"). */
export const firstI2cAddress = 0x08
export const lastI2cAddress = 0x77
/** Most bytes of one block (SMBus 2.0 section 5.5.7; kernel: I2C_SMBUS_BLOCK_MAX). */
export const maxBlockBytes = 32

/**
 * Whether the bus can be used. `unknown` until the first transfer; `ok` when the last one returned in time. `absent`: there is no such bus, or nobody may open it. `hung`: a transfer
 * did not return within its deadline; calls are refused at once until `retryAtMs`, and then the next one tries.
 */
export type I2cBusState =
  | { readonly condition: 'unknown' | 'ok' }
  | { readonly condition: 'absent'; readonly reason: string }
  | {
      readonly condition: 'hung'
      /** Monotonic time of the transfer that hung first. */
      readonly sinceMs: number
      /** Monotonic time before which no transfer is tried. */
      readonly retryAtMs: number
      /** Transfers in a row that hung. */
      readonly attempts: number
    }

/** What a scan found. */
export interface I2cScan {
  /** Addresses that answered, ascending. */
  readonly answered: readonly number[]
  /** Addresses that a driver of the kernel holds; there is a device, but it is read through that driver. */
  readonly held: readonly number[]
  /** Addresses at which the transfer failed in a way that says nothing about a device. */
  readonly undecided: readonly number[]
}

/**
 * One I2C bus. Calls wait for one another; each transfer has a deadline, so no promise stays open for ever.
 *
 * Addresses are 7 bits, 0x08 to 0x77; registers and bytes 0 to 255; words 0 to 65,535. Anything else rejects with INPUT_INVALID. All other
 * failures are FleetErrors whose `meta.fault` is one of `I2cFault` (see faults.ts).
 */
export interface I2cBus {
  /** As people know it: `i2c-1`. */
  readonly name: string
  readonly state: I2cBusState
  /** Each change of `state`. */
  readonly changes: Signal<I2cBusState>
  readByte(address: number, register: number): Promise<number>
  writeByte(address: number, register: number, value: number): Promise<void>
  /** A 16-bit register of a chip that sends its high byte first, as all the chips here do. SMBus sends the low byte first: the port swaps. */
  readWord(address: number, register: number): Promise<number>
  /** As `readWord`: the high byte goes first. */
  writeWord(address: number, register: number, value: number): Promise<void>
  /** `length` (1 to 32) registers of 8 bits from `register` on, in one transfer. */
  readBlock(address: number, register: number, length: number): Promise<Uint8Array>
  /** One byte without naming a register (SMBus "receive byte"). */
  receiveByte(address: number): Promise<number>
  /** One byte without naming a register (SMBus "send byte"). */
  sendByte(address: number, value: number): Promise<void>
  /** `length` (1 to 32) bytes as the chip sends them. An SMBus-only adapter rejects with the fault `unsupported`. */
  read(address: number, length: number): Promise<Uint8Array>
  /** 1 to 32 bytes as they are. An SMBus-only adapter rejects with the fault `unsupported`. */
  write(address: number, bytes: Uint8Array): Promise<void>
  /**
   * Asks each address from 0x08 to 0x77 for one byte and writes nothing: a written probe can confuse chips that take it for a command. Other
   * callers get their turn in between. Rejects as soon as the bus is absent or hung.
   */
  scan(): Promise<I2cScan>
}
