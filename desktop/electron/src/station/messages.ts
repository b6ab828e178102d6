import { errorCodes, FleetError, type FleetErrorCode } from '@wrale/kernel'
import { z } from 'zod'

/**
 * What the window's process and the station's process say to each other. Both sides check what they receive: they are two processes,
 * and either may be broken or taken over.
 */
export const toStationSchema = z.discriminatedUnion('type', [
  /** Comes with exactly one port: serve the API on it. It takes the place of the port before it. */
  z.strictObject({ type: z.literal('connect'), link: z.int().nonnegative() }),
  z.strictObject({ type: z.literal('stop') }),
])
export type ToStation = z.infer<typeof toStationSchema>

const codeSchema = z.enum(Object.keys(errorCodes) as [FleetErrorCode, ...FleetErrorCode[]])

export const fromStationSchema = z.discriminatedUnion('type', [
  /** It runs and takes ports. */
  z.strictObject({ type: z.literal('ready') }),
  /** It ends, and this is why. */
  z.strictObject({ type: z.literal('failed'), code: codeSchema, message: z.string().max(2000) }),
  /** The other end of this port is gone. */
  z.strictObject({ type: z.literal('disconnected'), link: z.int().nonnegative() }),
])
export type FromStation = z.infer<typeof fromStationSchema>

/** Codes that another attempt does not change: a person has to do something first. */
const finalCodes: ReadonlySet<FleetErrorCode> = new Set([
  'USAGE',
  'CONFIG_INVALID',
  'STATE_DIR_FORBIDDEN',
  'STATE_DIR_IN_USE',
  'STATE_DAMAGED',
  'STORAGE_FULL',
  'NOT_MEMBER',
])

export function isFinal(error: FleetError): boolean {
  return finalCodes.has(error.code)
}

export function failedMessage(error: FleetError): FromStation {
  return { type: 'failed', code: error.code, message: error.message.slice(0, 2000) }
}

export function errorOfFailed(message: Extract<FromStation, { type: 'failed' }>): FleetError {
  return new FleetError(message.code, message.message)
}
