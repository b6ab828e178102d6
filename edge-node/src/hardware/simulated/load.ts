import type { Random } from './random.ts'

const wanderSeconds = 60
const wanderDeviation = 0.05
const smoothSeconds = 2
const meanSecondsBetweenBursts = 120

/** How busy the simulated processor is: a level that wanders around the node's own habit, and bursts of work. */
export interface LoadState {
  readonly habit: number
  readonly wander: number
  readonly burstHeight: number
  readonly burstSecondsLeft: number
  /** Busy ratio, 0 to 1. */
  readonly level: number
}

export function initialLoad(random: Random): LoadState {
  const habit = 0.2 + 0.25 * random.uniform()
  return { habit, wander: 0, burstHeight: 0, burstSecondsLeft: 0, level: habit }
}

/**
 * The state after `seconds`. Every call draws the same number of random numbers, so that what happens to the board does not
 * change what its seed says of its load.
 */
export function stepLoad(state: LoadState, random: Random, seconds: number): LoadState {
  const wander =
    state.wander * (1 - seconds / wanderSeconds) +
    wanderDeviation * Math.sqrt((2 * seconds) / wanderSeconds) * random.normal()
  const begins = random.uniform() < seconds / meanSecondsBetweenBursts
  const height = 0.25 + 0.35 * random.uniform()
  const lasts = 5 + 35 * random.uniform()
  const idle = state.burstSecondsLeft <= 0
  const burstHeight = idle && begins ? height : state.burstHeight
  const burstSecondsLeft = idle && begins ? lasts : Math.max(0, state.burstSecondsLeft - seconds)
  const wanted = clamp(state.habit + wander + (burstSecondsLeft > 0 ? burstHeight : 0))
  const level = wanted + (state.level - wanted) * Math.exp(-seconds / smoothSeconds)
  return { habit: state.habit, wander, burstHeight, burstSecondsLeft, level }
}

function clamp(ratio: number): number {
  return Math.min(1, Math.max(0.01, ratio))
}
