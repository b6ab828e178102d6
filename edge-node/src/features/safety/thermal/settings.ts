import { z } from 'zod'

const celsius = z.number().min(-40).max(125)
const ratio = z.number().min(0).max(1)
const dwellMs = z.number().int().min(0).max(3_600_000)

const curveSchema = z
  .array(z.strictObject({ celsius, duty: ratio }))
  .min(2)
  .max(12)
  .superRefine((points, context) => {
    for (const [index, point] of points.entries()) {
      const before = points[index - 1]
      if (before === undefined) continue
      if (point.celsius <= before.celsius) {
        context.addIssue({ code: 'custom', path: [index, 'celsius'], message: 'must be above the point before it' })
      }
      if (point.duty < before.duty) {
        context.addIssue({ code: 'custom', path: [index, 'duty'], message: 'must not be below the point before it' })
      }
    }
  })
export type Curve = z.output<typeof curveSchema>

/**
 * A step of the ladder: entered when the temperature has been at or above `enterCelsius` for `dwellMs`, left when it has been at or below
 * `exitCelsius` for as long.
 */
const rung = (enterCelsius: number, exitCelsius: number, waitMs: number) =>
  ({
    enterCelsius: celsius.default(enterCelsius),
    exitCelsius: celsius.default(exitCelsius),
    dwellMs: dwellMs.default(waitMs),
  }) as const

const priority = z.number().int().min(0).max(100)

/** Steps of the ladder, coolest first. */
export const rungNames = ['fan', 'throttle', 'stopSome', 'stopMost', 'shutdown'] as const
export type RungName = (typeof rungNames)[number]

const ladderSchema = z
  .strictObject({
    fan: z.strictObject(rung(72, 65, 2000)).prefault({}),
    throttle: z.strictObject({ ...rung(77, 71, 5000), cpuRatio: z.number().min(0.1).max(1).default(0.5) }).prefault({}),
    stopSome: z.strictObject({ ...rung(80, 74, 15_000), keepFrom: priority.default(40) }).prefault({}),
    stopMost: z.strictObject({ ...rung(82, 76, 15_000), keepFrom: priority.default(80) }).prefault({}),
    /** Also how long a machine that did not shut down must be cool before its services come back. */
    shutdown: z.strictObject(rung(85, 70, 60_000)).prefault({}),
    /** At this temperature the machine is shut down whatever step it is on. */
    hardLimitCelsius: celsius.default(88),
    /** Readings in a row, of different moments, at the hard limit: with 1, one wrong bit of a sensor turns the machine off. */
    hardLimitReadings: z.number().int().min(1).max(3).default(2),
  })
  .superRefine((ladder, context) => {
    for (const [index, name] of rungNames.entries()) {
      if (ladder[name].exitCelsius >= ladder[name].enterCelsius) {
        context.addIssue({ code: 'custom', path: [name, 'exitCelsius'], message: 'must be below enterCelsius' })
      }
      const below = rungNames[index - 1]
      if (below !== undefined && ladder[name].enterCelsius <= ladder[below].enterCelsius) {
        context.addIssue({ code: 'custom', path: [name, 'enterCelsius'], message: `must be above that of ${below}` })
      }
    }
    if (ladder.stopMost.keepFrom < ladder.stopSome.keepFrom) {
      context.addIssue({
        code: 'custom',
        path: ['stopMost', 'keepFrom'],
        message: 'must not be below that of stopSome',
      })
    }
    if (ladder.hardLimitCelsius < ladder.shutdown.enterCelsius) {
      context.addIssue({ code: 'custom', path: ['hardLimitCelsius'], message: 'must not be below shutdown' })
    }
  })

const fanSchema = z
  .strictObject({
    profile: z.enum(['quiet', 'balanced', 'cool', 'max']).default('balanced'),
    curves: z
      .strictObject({
        quiet: curveSchema.default([
          { celsius: 58, duty: 0 },
          { celsius: 60, duty: 0.25 },
          { celsius: 70, duty: 0.5 },
          { celsius: 78, duty: 1 },
        ]),
        balanced: curveSchema.default([
          { celsius: 48, duty: 0 },
          { celsius: 50, duty: 0.3 },
          { celsius: 65, duty: 0.7 },
          { celsius: 72, duty: 1 },
        ]),
        cool: curveSchema.default([
          { celsius: 38, duty: 0 },
          { celsius: 40, duty: 0.4 },
          { celsius: 55, duty: 0.8 },
          { celsius: 62, duty: 1 },
        ]),
      })
      .prefault({}),
    /** The temperature must fall by this much before the fan slows down, °C. */
    hysteresisCelsius: z.number().min(0.5).max(20).default(3),
    /** Fastest rise and fall of the duty, ratio a second. */
    risePerSecond: z.number().min(0.01).max(10).default(0.5),
    fallPerSecond: z.number().min(0.005).max(1).default(0.05),
    /** Below this the fan does not turn reliably: it is given this much, or nothing. */
    minOnDuty: z.number().min(0.05).max(0.9).default(0.25),
    /** A fan that stands is given this much for so long, to make it turn. */
    kickDuty: z.number().min(0.05).max(1).default(0.8),
    kickMs: z.number().int().min(0).max(10_000).default(1000),
    /** While no temperature can be trusted. */
    safeDuty: z.number().min(0.3).max(1).default(1),
  })
  .superRefine((fan, context) => {
    const notBelow = (key: 'kickDuty' | 'safeDuty'): void => {
      if (fan[key] < fan.minOnDuty) {
        context.addIssue({ code: 'custom', path: [key], message: 'must not be below minOnDuty' })
      }
    }
    notBelow('kickDuty')
    notBelow('safeDuty')
  })
export type FanSettings = z.output<typeof fanSchema>

export const thermalSettingsSchema = z.strictObject({
  fan: fanSchema.prefault({}),
  ladder: ladderSchema.prefault({}),
  /** A temperature that is older does not count, ms. */
  maxAgeMs: z.number().int().min(1000).max(120_000).default(5000),
})
export type ThermalSettings = z.output<typeof thermalSettingsSchema>
