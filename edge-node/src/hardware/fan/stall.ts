/** A fan that is asked for this much, turns slower than that, and does so for this long, does not turn. It needs some seconds to start. */
export const stallLimits = { dutyRatio: 0.3, rpm: 100, afterMs: 5000 } as const

export interface StallState {
  /** Since when it has been asked and not turned, by the caller's clock, ms; absent while it turns or nobody asks. */
  readonly sinceMs?: number
}

export interface FanObservation {
  readonly dutyRatio: number | undefined
  /** Undefined where the speed is not measured: then nothing can be said. */
  readonly rpm: number | undefined
}

/** Whether the fan is stalled; undefined where that cannot be told. What is not a number is a tachometer that says nothing. */
export function stepStall(
  before: StallState,
  { dutyRatio, rpm }: FanObservation,
  nowMs: number,
): { readonly state: StallState; readonly stalled: boolean | undefined } {
  if (dutyRatio === undefined || rpm === undefined || Number.isNaN(dutyRatio) || Number.isNaN(rpm))
    return { state: {}, stalled: undefined }
  if (dutyRatio < stallLimits.dutyRatio || rpm >= stallLimits.rpm) return { state: {}, stalled: false }
  const sinceMs = before.sinceMs ?? nowMs
  return { state: { sinceMs }, stalled: nowMs - sinceMs >= stallLimits.afterMs }
}
