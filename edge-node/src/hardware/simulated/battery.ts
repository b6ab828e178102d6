/** 10 Wh, a small cell on a UPS board: about two hours at 5 W. */
export const batteryJoules = 36_000
/** What is left of that in a cell at the end of its life. */
export const agedRatio = 0.55
const chargeWatts = 7.5
/** Above this charge the current tapers off. */
const taperRatio = 0.9
export const chargeEfficiency = 0.92
export const dischargeEfficiency = 0.9

export interface BatteryInput {
  readonly mains: boolean
  /** What the board wants, W. */
  readonly boardWatts: number
  /** What the battery holds when it is full, J. Default that of a new one. */
  readonly capacityJoules?: number
}

export interface BatteryFlow {
  /** Charge after the step, joules. */
  readonly joules: number
  /** What was taken from the mains to charge it, W. */
  readonly inWatts: number
  /** What it gave to the board, W. Less than asked for when it ran empty. */
  readonly outWatts: number
}

/** Charges from the mains, or carries the board when there is none. */
export function stepBattery(joules: number, input: BatteryInput, seconds: number): BatteryFlow {
  const { boardWatts, capacityJoules = batteryJoules } = input
  if (input.mains) {
    const taper = Math.min(1, Math.max(0, (1 - joules / capacityJoules) / (1 - taperRatio)))
    const roomWatts = (capacityJoules - joules) / (chargeEfficiency * seconds)
    const inWatts = Math.min(chargeWatts * taper, roomWatts)
    return { joules: joules + inWatts * chargeEfficiency * seconds, inWatts, outWatts: 0 }
  }
  const leftWatts = (joules * dischargeEfficiency) / seconds
  const outWatts = Math.min(boardWatts, leftWatts)
  return { joules: Math.max(0, joules - (outWatts * seconds) / dischargeEfficiency), inWatts: 0, outWatts }
}

/** Voltage of an idle lithium cell by its charge: [ratio, V]. */
const openCircuit = [
  [0, 3],
  [0.05, 3.45],
  [0.1, 3.6],
  [0.25, 3.7],
  [0.5, 3.8],
  [0.75, 3.98],
  [1, 4.2],
] as const

/**
 * Voltage at the cell's terminals.
 * @param watts out of it, or negative into it
 */
export function cellVolts(ratio: number, watts: number, aged: boolean): number {
  const idle = idleVolts(Math.min(1, Math.max(0, ratio)))
  return idle - (watts / idle) * (aged ? 0.25 : 0.08)
}

function idleVolts(ratio: number): number {
  const above = Math.max(
    1,
    openCircuit.findIndex(([at]) => at >= ratio),
  )
  const [r0, v0] = openCircuit[above - 1] ?? openCircuit[0]
  const [r1, v1] = openCircuit[above] ?? openCircuit[0]
  return v0 + ((ratio - r0) / (r1 - r0)) * (v1 - v0)
}
