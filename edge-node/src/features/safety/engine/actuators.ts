import type { LastGasp, PowerDown, WriteMode } from '../base/action.ts'

/**
 * What the engine can act on. A machine that does not have one leaves it out. Every call must be idempotent; one that takes longer than the
 * engine's timeout counts as failed and is tried again.
 */
export interface Actuators {
  /** @param duty ratio 0..1 */
  readonly fan?: { setDuty(duty: number): Promise<void> }
  /** @param ratio of full speed, above 0; 1 lifts the limit */
  readonly cpu?: { setLimit(ratio: number): Promise<void> }
  /** Stops services with a priority below `priority` and keeps them stopped; lets the others run. 0 lets all run. */
  readonly services?: { keepFrom(priority: number): Promise<void> }
  readonly writes?: { setMode(mode: WriteMode): Promise<void> }
  readonly alarm?: { set(on: boolean): Promise<void> }
  readonly lock?: { setLocked(locked: boolean): Promise<void> }
  /** Resolves when the words are on their way to the neighbours. */
  readonly lastGasp?: { send(gasp: LastGasp): Promise<void> }
  /** Resolves when a clean shutdown of the machine has begun. */
  readonly power?: { down(order: PowerDown): Promise<void> }
}

export type ActuatorName = keyof Actuators
