import { decode, encode, rfc8949EncodeOptions } from 'cborg'
import { FleetError, type FleetErrorCode } from '@wrale/kernel'
import type { z } from 'zod'

/**
 * Deterministic CBOR (RFC 8949, section 4.2.1): equal values give equal bytes, so that bytes can be signed and compared.
 * Properties that are undefined are left out.
 */
export function encodeCbor(value: unknown): Uint8Array {
  return encode(value, { ...rfc8949EncodeOptions, ignoreUndefinedProperties: true })
}

/** Limits of what is decoded, so that no input can cost more than its size. */
export interface DecodeLimits {
  /** Bytes; a longer input is refused before it is looked at. */
  readonly maxBytes: number
  /** Code of the error for input that does not decode or does not fit its schema. Default FRAME_INVALID. */
  readonly code?: FleetErrorCode
}

/**
 * Decodes CBOR and checks it against a schema. Indefinite lengths, duplicate keys, non-finite numbers and bytes after
 * the end are refused.
 * @throws FleetError FRAME_TOO_LARGE, or `limits.code`
 */
export function decodeCbor<S extends z.ZodType>(bytes: Uint8Array, schema: S, limits: DecodeLimits): z.output<S> {
  const code = limits.code ?? 'FRAME_INVALID'
  if (bytes.byteLength > limits.maxBytes) {
    throw new FleetError('FRAME_TOO_LARGE', `${bytes.byteLength} bytes where at most ${limits.maxBytes} are allowed`, {
      bytes: bytes.byteLength,
      maxBytes: limits.maxBytes,
    })
  }
  let value: unknown
  try {
    value = decode(bytes, {
      allowIndefinite: false,
      allowUndefined: false,
      allowInfinity: false,
      allowNaN: false,
      rejectDuplicateMapKeys: true,
    })
  } catch (error) {
    throw new FleetError(code, 'not valid CBOR', {}, { cause: error })
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new FleetError(code, describeIssues(parsed.error), {}, { cause: parsed.error })
}

/** The first three problems of a failed check as one line: `path: problem; path: problem`. */
export function describeIssues(error: z.ZodError): string {
  const shown = error.issues.slice(0, 3).map((issue) => {
    const path = issue.path.map(String).join('.')
    return path === '' ? issue.message : `${path}: ${issue.message}`
  })
  const more = error.issues.length - shown.length
  return shown.join('; ') + (more > 0 ? ` (and ${more} more)` : '')
}
