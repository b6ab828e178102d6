export const fanFullRpm = 5000
const spinSeconds = 2
const onCelsius = 45
const offCelsius = 40
const fullCelsius = 75
/** Below this a small fan does not turn. */
const leastDuty = 0.2

/** What the board's own controller asks of the fan: a line between two temperatures, with hysteresis where it turns on. */
export function fanDuty(previousDuty: number, dieCelsius: number): number {
  if (dieCelsius < (previousDuty > 0 ? offCelsius : onCelsius)) return 0
  const along = (dieCelsius - offCelsius) / (fullCelsius - offCelsius)
  return Math.min(1, leastDuty + (1 - leastDuty) * Math.max(0, along))
}

/** Speed after `seconds`: it follows the duty with inertia, and a stalled rotor runs down whatever is asked of it. */
export function stepFan(rpm: number, dutyRatio: number, stalled: boolean, seconds: number): number {
  const target = stalled ? 0 : dutyRatio * fanFullRpm
  const next = target + (rpm - target) * Math.exp(-seconds / spinSeconds)
  return next < 1 ? 0 : next
}

/** Electric power of the fan; it grows with the cube of the speed. */
export function fanWatts(rpm: number): number {
  return 0.9 * (rpm / fanFullRpm) ** 3
}
