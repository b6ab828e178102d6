export { type BackoffOptions, backoffMs } from './backoff.ts'
export { type Cancel, type Clock, repeat, systemClock } from './clock.ts'
export { Coalescer, type CoalescerOptions, type Report } from './coalescer.ts'
export {
  errorCodes,
  type ErrorMeta,
  exitCodeOf,
  FleetError,
  type FleetErrorCode,
  isFleetErrorCode,
  toFleetError,
} from './errors.ts'
export { Lifecycle, type Startable } from './lifecycle.ts'
export { type LogFields, type Logger, silentLogger } from './logger.ts'
export { Emitter, mapped, merged, type Signal, type Unsubscribe } from './signal.ts'
