import { z } from 'zod'

/** A byte string of a length between two bounds (inclusive). */
export function bytesSchema(minBytes: number, maxBytes: number = minBytes) {
  return z.custom<Uint8Array>(
    (value) => value instanceof Uint8Array && value.byteLength >= minBytes && value.byteLength <= maxBytes,
    minBytes === maxBytes ? `must be ${minBytes} bytes` : `must be ${minBytes} to ${maxBytes} bytes`,
  )
}
