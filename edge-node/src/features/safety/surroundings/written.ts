/** Bytes written in the last 24 hours, by hour. It needs no clock that knows the day. */
export interface WrittenState {
  /** The counter when it was last seen. */
  readonly counter?: number
  /** Oldest first, one for each hour that has something in it. */
  readonly hours: readonly { readonly hour: number; readonly bytes: number }[]
}

export const writtenAtStart: WrittenState = { hours: [] }

const hourMs = 3_600_000

/**
 * @param counter bytes written since the process began, a number that only grows; one that falls began anew
 * @param atMs monotonic
 */
export function countWritten(before: WrittenState, counter: number | undefined, atMs: number): WrittenState {
  const hour = Math.floor(atMs / hourMs)
  const recent = before.hours.filter((entry) => entry.hour > hour - 24)
  if (counter === undefined || !(counter >= 0 && counter <= Number.MAX_SAFE_INTEGER))
    return { ...before, hours: recent }
  const last = before.counter ?? counter
  const bytes = counter >= last ? counter - last : counter
  const newest = recent.at(-1)
  const hours =
    newest?.hour === hour
      ? [...recent.slice(0, -1), { hour, bytes: newest.bytes + bytes }]
      : [...recent, { hour, bytes }]
  return { counter, hours }
}

export function writtenInDay({ hours }: WrittenState): number {
  return hours.reduce((sum, { bytes }) => sum + bytes, 0)
}
