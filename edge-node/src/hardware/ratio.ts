import { FleetError } from '@wrale/kernel'

/** @throws FleetError INPUT_INVALID for what is no number from 0 to 1 */
export function wantRatio(what: string, value: number): number {
  if (value >= 0 && value <= 1) return value
  throw new FleetError('INPUT_INVALID', `a ${what} is a ratio from 0 to 1`, {
    value: Number.isFinite(value) ? value : null,
  })
}
