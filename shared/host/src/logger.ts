import type { Logger } from '@wrale/kernel'
import { FleetError } from '@wrale/kernel'
import pino, { type Logger as Pino } from 'pino'

export interface LoggerOptions {
  /** Name of the program, in every line. */
  readonly name: string
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** File descriptor to write to: 1 is stdout, 2 is stderr. Default 1. */
  readonly fd?: 1 | 2
}

/** What may wait while the log cannot be written, bytes; further lines are dropped. */
const maxUnwritten = 64 * 1024

/** Field names that must never reach a log, wherever somebody puts them. */
const secretFields = ['secret', 'token', 'password', 'privateKey', 'authorization', 'cookie']

/** JSON lines, one an event: {level, time (RFC 3339), program, msg, ...fields}. */
export function createLogger(options: LoggerOptions): Logger {
  const { name, level, fd = 1 } = options
  const destination = pino.destination({ dest: fd, sync: true, maxLength: maxUnwritten })
  // A log that cannot be written (a full disk, a reader that went away) is no reason to stop measuring.
  destination.on('error', () => undefined)
  const base = pino(
    {
      level,
      base: { program: name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: describeError },
      redact: { paths: secretFields, censor: '[redacted]' },
    },
    destination,
  )
  return wrap(base)
}

function wrap(target: Pino): Logger {
  return {
    debug: (message, fields = {}) => target.debug(fields, message),
    info: (message, fields = {}) => target.info(fields, message),
    warn: (message, fields = {}) => target.warn(fields, message),
    error: (message, fields = {}) => target.error(fields, message),
    child: (fields) => wrap(target.child(fields)),
  }
}

/** Code and message of an error and of its causes; the stack only where there is no code, because that is a defect of ours. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) }
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) }
  if (error instanceof FleetError) return { code: error.code, message: error.message, meta: error.meta, ...cause }
  return { name: error.name, message: error.message, stack: error.stack, ...cause }
}
