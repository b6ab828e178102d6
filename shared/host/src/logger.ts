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

/** Field names that must never reach a log, wherever somebody puts them. */
const secretFields = ['secret', 'token', 'password', 'privateKey', 'authorization', 'cookie']

/** JSON lines, one an event: {level, time (RFC 3339), program, msg, ...fields}. */
export function createLogger(options: LoggerOptions): Logger {
  const { name, level, fd = 1 } = options
  const base = pino(
    {
      level,
      base: { program: name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: describeError },
      redact: { paths: secretFields, censor: '[redacted]' },
    },
    pino.destination({ dest: fd, sync: true }),
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
