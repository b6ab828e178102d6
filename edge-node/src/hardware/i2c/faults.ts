import { FleetError, type FleetErrorCode } from '@wrale/kernel'

/**
 * Why a transfer failed. `bus-absent`: no such bus or no driver for it. `forbidden`: the daemon may not open it. `no-answer`: nothing
 * acknowledged the address. `held`: a driver of the kernel has the address. `unsupported`: the adapter cannot do this kind of transfer.
 * `hung`: past the deadline, or refused because an earlier transfer was. `failed`: noise, a lost arbitration, a fault of the adapter.
 * `overloaded`: too many callers wait. `stopped`: the bus was stopped.
 */
export type I2cFault =
  | 'bus-absent'
  | 'forbidden'
  | 'no-answer'
  | 'held'
  | 'unsupported'
  | 'hung'
  | 'failed'
  | 'overloaded'
  | 'stopped'

const codes: Readonly<Record<I2cFault, FleetErrorCode>> = {
  'bus-absent': 'UNAVAILABLE',
  forbidden: 'FORBIDDEN',
  'no-answer': 'NOT_FOUND',
  held: 'CONFLICT',
  unsupported: 'UNAVAILABLE',
  hung: 'TIMEOUT',
  failed: 'UNAVAILABLE',
  overloaded: 'RATE_LIMITED',
  stopped: 'ABORTED',
}

const words: Readonly<Record<I2cFault, string>> = {
  'bus-absent': 'there is no such bus',
  forbidden: 'the bus may not be opened: the daemon needs the group that owns the device file',
  'no-answer': 'nothing answers at this address',
  held: 'a driver of the kernel holds this address',
  unsupported: 'the adapter of this bus cannot do this kind of transfer',
  hung: 'the bus hangs',
  failed: 'the transfer failed',
  overloaded: 'too many transfers wait for the bus',
  stopped: 'the bus was stopped',
}

/** Where a transfer was going. */
export interface TransferPlace {
  readonly bus: string
  /** Left out when the failure is not of one device. */
  readonly address?: number
}

/** The error of a fault; `errno` is the kernel's name of what it met. */
export function i2cError(fault: I2cFault, place: TransferPlace, errno?: string, cause?: unknown): FleetError {
  const at = place.address === undefined ? place.bus : `${place.bus} 0x${place.address.toString(16).padStart(2, '0')}`
  return new FleetError(
    codes[fault],
    `${at}: ${words[fault]}${errno === undefined ? '' : ` (${errno})`}`,
    {
      fault,
      bus: place.bus,
      ...(place.address === undefined ? {} : { address: place.address }),
      ...(errno === undefined ? {} : { errno }),
    },
    cause === undefined ? undefined : { cause },
  )
}

/** The fault of an error that a bus gave; undefined for any other error. */
export function faultOf(error: unknown): I2cFault | undefined {
  if (!(error instanceof FleetError)) return undefined
  const { fault } = error.meta
  return typeof fault === 'string' && Object.hasOwn(codes, fault) ? (fault as I2cFault) : undefined
}

/** Names that drivers give to what they met in a transfer (kernel: Documentation/i2c/fault-codes, and each adapter's own habits). */
const faultOfErrno: Readonly<Record<string, I2cFault>> = {
  // Adapters differ in how they say that the address was not acknowledged; i2c-stub says ENODEV.
  ENXIO: 'no-answer',
  EREMOTEIO: 'no-answer',
  ENODEV: 'no-answer',
  EBUSY: 'held',
  ENOTSUP: 'unsupported',
  EOPNOTSUPP: 'unsupported',
  ENOTTY: 'unsupported',
  ETIMEDOUT: 'hung',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
}

/** Names that opening the bus's device file gives. */
const faultOfOpening: Readonly<Record<string, I2cFault>> = {
  ENOENT: 'bus-absent',
  ENODEV: 'bus-absent',
  ENXIO: 'bus-absent',
  ENOTDIR: 'bus-absent',
  // The native add-on is not there, or was built for another Node.
  MODULE_NOT_FOUND: 'bus-absent',
  ERR_DLOPEN_FAILED: 'bus-absent',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
}

/** What an adapter's error says. The same name means the bus when the file was being opened, and the device when it was being spoken to. */
export function faultOfThrown(thrown: unknown): { readonly fault: I2cFault; readonly errno?: string } {
  if (!(thrown instanceof Error)) return { fault: 'failed' }
  const { code, syscall } = thrown as Error & { readonly code?: unknown; readonly syscall?: unknown }
  if (typeof code !== 'string') return { fault: 'failed' }
  const table = syscall === 'open' ? faultOfOpening : faultOfErrno
  return { fault: Object.hasOwn(table, code) ? (table[code] ?? 'failed') : 'failed', errno: code }
}
