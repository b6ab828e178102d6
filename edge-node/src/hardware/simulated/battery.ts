/** 10 Wh, a small cell on a UPS board: about two hours at 5 W. */
export const batteryJoules = 36_000
const chargeWatts = 7.5
/** Above this charge the current tapers off. */
const taperRatio = 0.9
export const chargeEfficiency = 0.92
export const dischargeEfficiency = 0.9

export interface BatteryFlow {
  /** Charge after the step, joules. */
  readonly joules: number
  /** What was taken from the mains to charge it, W. */
  readonly inWatts: number
  /** What it gave to the board, W. Less than asked for when it ran empty. */
  readonly outWatts: number
}

/** Charges from the mains, or carries the board when there is none. */
export function stepBattery(
  joules: number,
  input: { mains: boolean; boardWatts: number },
  seconds: number,
): BatteryFlow {
  if (input.mains) {
    const taper = Math.min(1, Math.max(0, (1 - joules / batteryJoules) / (1 - taperRatio)))
    const roomWatts = (batteryJoules - joules) / (chargeEfficiency * seconds)
    const inWatts = Math.min(chargeWatts * taper, roomWatts)
    return { joules: joules + inWatts * chargeEfficiency * seconds, inWatts, outWatts: 0 }
  }
  const leftWatts = (joules * dischargeEfficiency) / seconds
  const outWatts = Math.min(input.boardWatts, leftWatts)
  return { joules: Math.max(0, joules - (outWatts * seconds) / dischargeEfficiency), inWatts: 0, outWatts }
}
