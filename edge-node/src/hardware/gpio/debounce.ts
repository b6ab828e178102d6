import { type Level, opposite } from './settings.ts'

/** A line seen through its debounce time. */
export interface Debounced {
  readonly reported: Level
  /** Since when the other level has held, monotonic ms; undefined while the line is where it was reported to be. */
  readonly changingSinceMs?: number
}

export interface Settled {
  readonly state: Debounced
  /** The level that has held long enough, and since when. */
  readonly edge?: { readonly level: Level; readonly atMs: number }
}

/**
 * Time has passed, and nothing was seen. A level is reported once it has held for `debounceMs`, as the kernel's own debouncing has it
 * (Documentation/userspace-api/gpio, GPIO_V2_LINE_ATTR_ID_DEBOUNCE): a glitch is never an edge, and two edges are at least that far apart.
 */
export function settle(state: Debounced, nowMs: number, debounceMs: number): Settled {
  if (state.changingSinceMs === undefined || nowMs - state.changingSinceMs < debounceMs) return { state }
  const level = opposite(state.reported)
  return { state: { reported: level }, edge: { level, atMs: state.changingSinceMs } }
}

/**
 * The line was seen to change, and is at `level` now. That may be where it was before: then it changed twice. Yields two edges at most
 * when `debounceMs` is 0 or the time of the last change had come.
 */
export function observe(
  before: Debounced,
  level: Level,
  nowMs: number,
  debounceMs: number,
): { readonly state: Debounced; readonly edges: readonly NonNullable<Settled['edge']>[]; readonly bounced: boolean } {
  const due = settle(before, nowMs, debounceMs)
  const changing = due.state.changingSinceMs !== undefined
  const returned = level === due.state.reported
  const next: Debounced = { reported: due.state.reported, ...(returned ? {} : { changingSinceMs: nowMs }) }
  const now = settle(next, nowMs, debounceMs)
  return {
    state: now.state,
    edges: [due.edge, now.edge].filter((edge) => edge !== undefined),
    bounced: returned || changing,
  }
}
