/** The time of a policy. Readings and overrides are compared with `lastMs`; durations run on `atMs`, which never goes back. */
export interface Pace {
  readonly started: boolean
  /** The last sensible `nowMs`. */
  readonly lastMs: number
  /** Equals `lastMs` as long as the clock behaves. */
  readonly atMs: number
}

export const paceAtStart: Pace = { started: false, lastMs: 0, atMs: 0 }

/** Longest stretch that counts between two steps, ms: a clock that leaps ahead ends no wait of a day. */
export const maxGapMs = 3_600_000

/**
 * The next moment. A clock that goes back, leaps or says nothing that is a number costs the time of that step and no more: waits go on from
 * there, so that no fault of the clock can freeze a policy.
 */
export function advance(pace: Pace, nowMs: number): Pace {
  if (!Number.isFinite(nowMs)) return pace
  const gapMs = Math.min(Math.max(0, nowMs - pace.lastMs), maxGapMs)
  return { started: true, lastMs: nowMs, atMs: pace.started ? pace.atMs + gapMs : nowMs }
}

/** A value that changes only when another has been wanted for long enough. */
export interface Held<T> {
  readonly value: T
  readonly wanted: T
  readonly wantedSinceMs: number
  readonly sinceMs: number
}

export function heldFrom<T>(value: T, atMs = 0): Held<T> {
  return { value, wanted: value, wantedSinceMs: atMs, sinceMs: atMs }
}

/** What is held after `wanted` was wanted at `atMs`. */
export function settle<T>(held: Held<T>, wanted: T, atMs: number, afterMs: number): Held<T> {
  if (wanted === held.value) return { ...held, wanted, wantedSinceMs: atMs }
  const wantedSinceMs = wanted === held.wanted ? held.wantedSinceMs : atMs
  if (atMs - wantedSinceMs < afterMs) return { ...held, wanted, wantedSinceMs }
  return heldFrom(wanted, atMs)
}

/** Whether a value has reached its limit, given whether it was held to have: back again only past `exit`. */
export function beyond(
  value: number,
  limits: { readonly enter: number; readonly exit: number },
  held: boolean,
): boolean {
  if (limits.exit <= limits.enter) return held ? value > limits.exit : value >= limits.enter
  return held ? value < limits.exit : value <= limits.enter
}
