/** Turning points that wait for their counterpart, at most; of a longer row the oldest are given up. */
const maxResidue = 64

/** What is remembered between two values. Plain data, so that it can be kept on disk. */
export interface RainflowState {
  /** Turning points that are no part of a full cycle yet, oldest first. The last one still moves. */
  readonly residue: readonly number[]
  /** Full cycles so far. */
  readonly cycles: number
  /** Sum of their ranges. */
  readonly rangeSum: number
}

export const rainflowAtStart: RainflowState = { residue: [], cycles: 0, rangeSum: 0 }

/**
 * Counts full cycles of a value as it comes, by four points (ASTM E1049-85, section 5.4.4 gives the same count by three points and a closed
 * history). Swings smaller than `gate` are no cycles.
 */
export function countCycles(before: RainflowState, value: number, gate: number): RainflowState {
  const residue = [...before.residue]
  const last = residue.at(-1)
  const previous = residue.at(-2)
  if (last === undefined) return { ...before, residue: [value] }
  if (previous === undefined) {
    return Math.abs(value - last) < gate ? before : { ...before, residue: [last, value] }
  }
  const isRising = last > previous
  const goesOn = isRising ? value > last : value < last
  if (goesOn) residue[residue.length - 1] = value
  else if (Math.abs(value - last) >= gate) residue.push(value)
  else return before
  return closed({ ...before, residue })
}

function closed(state: RainflowState): RainflowState {
  const residue = [...state.residue]
  let { cycles, rangeSum } = state
  for (;;) {
    const [a, b, c, d] = residue.slice(-4)
    if (a === undefined || b === undefined || c === undefined || d === undefined) break
    const inner = Math.abs(c - b)
    if (inner > Math.abs(d - c) || inner > Math.abs(b - a)) break
    cycles++
    rangeSum += inner
    residue.splice(-3, 2)
  }
  return { residue: residue.slice(-maxResidue), cycles, rangeSum }
}
