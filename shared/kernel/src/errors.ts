/**
 * Every failure that crosses a boundary carries one of these codes. They are part of the product's surface: the CLI
 * prints them, the API sends them, the UI shows them for quoting. The value gives how each surface reports it.
 */
export const errorCodes = {
  USAGE: { http: 400, exit: 2 },
  CONFIG_INVALID: { http: 400, exit: 78 },
  INPUT_INVALID: { http: 400, exit: 65 },
  UNAUTHENTICATED: { http: 401, exit: 77 },
  FORBIDDEN: { http: 403, exit: 77 },
  NOT_FOUND: { http: 404, exit: 66 },
  METHOD_NOT_ALLOWED: { http: 405, exit: 70 },
  CONFLICT: { http: 409, exit: 1 },
  TOO_LARGE: { http: 413, exit: 65 },
  RATE_LIMITED: { http: 429, exit: 75 },
  INTERNAL: { http: 500, exit: 70 },
  UNAVAILABLE: { http: 503, exit: 69 },
  TIMEOUT: { http: 504, exit: 75 },
  ABORTED: { http: 499, exit: 130 },
  PORT_IN_USE: { http: 500, exit: 69 },
  ADDRESS_UNAVAILABLE: { http: 500, exit: 69 },
  STATE_DIR_FORBIDDEN: { http: 500, exit: 77 },
  STATE_DIR_IN_USE: { http: 500, exit: 73 },
  STATE_DAMAGED: { http: 500, exit: 74 },
  STORAGE_FULL: { http: 507, exit: 74 },
  NOT_RUNNING: { http: 503, exit: 69 },
  NOT_MEMBER: { http: 403, exit: 77 },
  TOKEN_INVALID: { http: 400, exit: 65 },
  TOKEN_EXPIRED: { http: 403, exit: 77 },
  TOKEN_USED_UP: { http: 403, exit: 77 },
  ENROL_REFUSED: { http: 403, exit: 77 },
  SIGNATURE_INVALID: { http: 400, exit: 65 },
  FRAME_INVALID: { http: 400, exit: 65 },
  FRAME_TOO_LARGE: { http: 413, exit: 65 },
  PROTOCOL_MISMATCH: { http: 400, exit: 76 },
  LAB_UNSUPPORTED: { http: 501, exit: 69 },
} as const

export type FleetErrorCode = keyof typeof errorCodes

/** Plain data that says more about an error: ids, limits, paths. Never secrets: it is logged and sent to callers. */
export type ErrorMeta = Readonly<Record<string, string | number | boolean | null>>

/** A failure with a code that survives serialisation. `message` is one sentence that a person can act on. */
export class FleetError extends Error {
  readonly code: FleetErrorCode
  readonly meta: ErrorMeta

  constructor(code: FleetErrorCode, message: string, meta: ErrorMeta = {}, options?: ErrorOptions) {
    super(message, options)
    this.name = 'FleetError'
    this.code = code
    this.meta = meta
  }

  toJSON(): { code: FleetErrorCode; message: string; meta: ErrorMeta } {
    return { code: this.code, message: this.message, meta: this.meta }
  }
}

export function isFleetErrorCode(value: unknown): value is FleetErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorCodes, value)
}

/** Any thrown value as a FleetError; what has no code of its own becomes `fallback` and keeps the original as cause. */
export function toFleetError(thrown: unknown, fallback: FleetErrorCode = 'INTERNAL'): FleetError {
  if (thrown instanceof FleetError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new FleetError(fallback, message, {}, { cause: thrown })
}

/** Process exit code for a failure; 70 (EX_SOFTWARE) for one without a code. The numbers follow BSD's sysexits.h. */
export function exitCodeOf(thrown: unknown): number {
  return thrown instanceof FleetError ? errorCodes[thrown.code].exit : errorCodes.INTERNAL.exit
}
