import { z } from 'zod'

const ratio = z.number().min(0).max(1)
const cpuRatio = z.number().min(0.1).max(1)
const priority = z.number().int().min(0).max(100)
const waitMs = (max: number) => z.number().int().min(0).max(max)
const spanMs = z.number().int().min(10_000).max(86_400_000)

export const powerSettingsSchema = z
  .strictObject({
    brownOut: z
      .strictObject({
        /** Supply of the board; a Raspberry Pi raises its own alarm at 4.63 V. */
        enterVolts: z.number().min(1).max(60).default(4.65),
        exitVolts: z.number().min(1).max(60).default(4.8),
        enterAfterMs: waitMs(60_000).default(500),
        exitAfterMs: waitMs(600_000).default(30_000),
        cpuRatio: cpuRatio.default(0.6),
      })
      .prefault({}),
    battery: z
      .strictObject({
        /** Mains must be gone, or back, for so long before that is believed. */
        lostAfterMs: waitMs(60_000).default(1000),
        returnAfterMs: waitMs(600_000).default(10_000),
        cpuRatio: cpuRatio.default(0.8),
        /** Smallest energy of a full battery, watt-hours. With it and a power meter the time left is known sooner. */
        capacityWattHours: z.number().min(0.1).max(10_000).optional(),
        /** Discharge, ratio an hour, that is assumed until it was measured: the fastest that this battery can see. */
        assumedRatioPerHour: z.number().min(0.05).max(60).default(2),
        /** Discharge is never taken to be slower than this, ratio an hour. */
        slowestRatioPerHour: z.number().min(0.001).max(1).default(0.05),
        /** Steps in which the charge is reported, ratio. */
        resolutionRatio: z.number().min(0).max(0.1).default(0.01),
        /** A battery whose charge was never known is taken to last this long, ms. */
        blindMs: spanMs.default(300_000),
      })
      .prefault({}),
    low: z
      .strictObject({
        enterRatio: ratio.default(0.3),
        exitRatio: ratio.default(0.4),
        enterTimeLeftMs: spanMs.default(1_200_000),
        exitTimeLeftMs: spanMs.default(1_800_000),
        cpuRatio: cpuRatio.default(0.5),
        keepFrom: priority.default(60),
      })
      .prefault({}),
    /** The machine is shut down with so much time, or charge, left. */
    critical: z
      .strictObject({
        enterRatio: ratio.default(0.1),
        /** What a clean shutdown takes at most. */
        shutdownMs: spanMs.default(60_000),
        /** What is kept besides. */
        marginMs: spanMs.default(120_000),
      })
      .prefault({}),
    /** A reading that is older does not count, ms. */
    maxAgeMs: z.number().int().min(1000).max(600_000).default(10_000),
  })
  .superRefine((settings, context) => {
    const { brownOut, battery, low, critical } = settings
    const wrong = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message })
    if (brownOut.exitVolts <= brownOut.enterVolts) wrong(['brownOut', 'exitVolts'], 'must be above enterVolts')
    if (low.exitRatio <= low.enterRatio) wrong(['low', 'exitRatio'], 'must be above enterRatio')
    if (low.exitTimeLeftMs <= low.enterTimeLeftMs)
      wrong(['low', 'exitTimeLeftMs'], 'must be longer than enterTimeLeftMs')
    if (low.enterRatio <= critical.enterRatio) wrong(['low', 'enterRatio'], 'must be above that of critical')
    if (low.enterTimeLeftMs <= critical.shutdownMs + critical.marginMs) {
      wrong(['low', 'enterTimeLeftMs'], 'must be longer than shutdownMs and marginMs of critical together')
    }
    if (battery.slowestRatioPerHour > battery.assumedRatioPerHour) {
      wrong(['battery', 'slowestRatioPerHour'], 'must not be above assumedRatioPerHour')
    }
    // So that the shutdown comes in time even when the load becomes the heaviest at the worst moment.
    const worstMs = (critical.enterRatio / battery.assumedRatioPerHour) * 3_600_000
    if (worstMs < critical.shutdownMs + critical.marginMs) {
      wrong(['critical', 'enterRatio'], 'must last for shutdownMs and marginMs at battery.assumedRatioPerHour')
    }
    if (low.cpuRatio > battery.cpuRatio) wrong(['low', 'cpuRatio'], 'must not be above that of battery')
  })
export type PowerSettings = z.output<typeof powerSettingsSchema>
