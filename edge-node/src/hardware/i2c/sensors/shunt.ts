import { FleetError, toFleetError } from '@wrale/kernel'
import { z } from 'zod'

/** What a chip that measures current must know of the circuit around it. */
const shuntSettingsSchema = z.strictObject({
  /** Resistance of the shunt, ohms. */
  shuntOhms: z.number().min(0.0001).max(100),
  /** Largest current to be measured, amperes. It sets the resolution: one part in 32,768 of it. */
  maxAmperes: z.number().min(0.001).max(1000),
})
export type ShuntSettings = z.infer<typeof shuntSettingsSchema>

export interface Calibration {
  /** Content of the calibration register. */
  readonly register: number
  /** Amperes of one step of the current register, as the rounded calibration makes it. */
  readonly stepAmperes: number
}

/**
 * The calibration register for a shunt: `constant / (step x ohms)`, rounded down to what the register can hold.
 * @param constant the chip's own: volts
 * @param rounding 2 when the register's lowest bit cannot be set, else 1
 * @throws {FleetError} INPUT_INVALID when no register content measures that current over that shunt
 */
export function calibrate(
  settings: ShuntSettings,
  chip: string,
  constant: number,
  max: number,
  rounding: number,
): Calibration {
  const { shuntOhms, maxAmperes } = settings
  const exact = constant / ((maxAmperes / 2 ** 15) * shuntOhms)
  // A part in a million more, so that 20,480 is not taken for 20,479.999.
  const register = Math.floor((exact * (1 + 1e-6)) / rounding) * rounding
  if (register < rounding || register > max)
    throw new FleetError('INPUT_INVALID', `the ${chip} cannot measure ${maxAmperes} A over ${shuntOhms} ohms`, {
      chip,
      shuntOhms,
      maxAmperes,
    })
  return { register, stepAmperes: constant / (register * shuntOhms) }
}

/** Settings that the chip can be calibrated for, so that a circuit that it cannot measure is refused with the configuration. */
export function shuntSettingsFor(calibrateChip: (settings: ShuntSettings) => Calibration): z.ZodType<ShuntSettings> {
  return shuntSettingsSchema.superRefine((settings, context) => {
    try {
      calibrateChip(settings)
    } catch (error) {
      context.addIssue({ code: 'custom', message: toFleetError(error).message })
    }
  })
}

/** What both chips measure; the ranges of voltage are each chip's own. A load may be switched on and off at any time, or be constant: neither is a fault. */
export function powerQuantities(maxBusVolts: number, maxShuntVolts: number) {
  return {
    busVolts: { unit: 'volts', min: 0, max: maxBusVolts },
    shuntVolts: { unit: 'volts', min: -maxShuntVolts, max: maxShuntVolts },
    currentAmperes: { unit: 'amperes', min: -1000, max: 1000 },
    powerWatts: { unit: 'watts', min: -36_000, max: 36_000 },
  } as const
}
export type PowerQuantity = keyof ReturnType<typeof powerQuantities>
