import type { ChunkInfo } from './store.ts'
import { tiers } from './totals.ts'

export interface RetentionLimits {
  /** Recording that is kept at full rate, ms. */
  readonly keepSamplesMs: number
  /** Recording that is kept as totals beyond that, ms. */
  readonly keepTotalsMs: number
  /** Recording that is thinned at once, ms: seldom, because it costs a write. */
  readonly thinAtOnceMs: number
}

/** Most chunks of each tier, whatever little they hold: a daemon that is restarted for ever writes many. */
export const maxChunks = 3000
/** Chunks above which those are thinned that are too many. */
const chunksAtOnce = 64

/**
 * Which chunks, oldest first, are to be thinned and which to be removed. Age is counted in recorded time and not by the wall clock: a clock that was
 * wrong at the start, or jumps by years, costs no history; time in which the node was off does not count.
 */
export function dueChunks(
  chunks: readonly ChunkInfo[],
  { keepSamplesMs, keepTotalsMs, thinAtOnceMs }: RetentionLimits,
): { readonly thin: readonly ChunkInfo[]; readonly remove: readonly ChunkInfo[] } {
  const samples = chunks.filter(({ tier }) => tier === tiers.samples)
  const old = olderThan(samples, keepSamplesMs)
  const excess = samples.length > maxChunks ? samples.slice(0, samples.length - maxChunks + chunksAtOnce) : []
  const thin = excess.length > old.length ? excess : sumOf(old) >= thinAtOnceMs ? old : []
  const totals = chunks.filter(({ tier }) => tier === tiers.totals)
  const oldTotals = olderThan(totals, keepTotalsMs)
  return { thin, remove: totals.slice(0, Math.max(oldTotals.length, totals.length - maxChunks)) }
}

/** Those without which at least `keepMs` of recording are left. */
function olderThan(chunks: readonly ChunkInfo[], keepMs: number): readonly ChunkInfo[] {
  let left = sumOf(chunks)
  let old = 0
  for (const { spanMs } of chunks) {
    if (left - spanMs < keepMs) break
    left -= spanMs
    old++
  }
  return chunks.slice(0, old)
}

function sumOf(chunks: readonly ChunkInfo[]): number {
  return chunks.reduce((sum, { spanMs }) => sum + spanMs, 0)
}

const dayMs = 86_400_000

/** Bytes written in the last day of recording. @param sinceMs recording since the last chunk @param lastCostBytes cost of writing it */
export function bytesOfDay(chunks: readonly ChunkInfo[], sinceMs: number, lastCostBytes: number): number {
  let age = sinceMs
  let bytes = age < dayMs ? lastCostBytes : 0
  for (const { costBytes, spanMs, tier } of chunks.toReversed()) {
    if (tier !== tiers.samples) continue
    age += spanMs
    if (age >= dayMs) break
    bytes += costBytes
  }
  return bytes
}
