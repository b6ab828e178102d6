import { z } from 'zod'

const name = z.string().min(1).max(64)
const sentence = z.string().max(240)
const ratio = z.number().min(0).max(1)
const count = z.number().int().min(0)

export const lineLevelSchema = z.enum(['on', 'off'])
export type LineLevel = z.infer<typeof lineLevelSchema>

/** A GPIO line with a name. */
export const lineViewSchema = z.object({
  name,
  /** Offset in its chip: on a Raspberry Pi's header the BCM number. */
  pin: count,
  /** Position on the board's header, from 1; left out when it is not on it. */
  position: count.optional(),
  direction: z.enum(['in', 'out']),
  state: z.enum(['closed', 'present', 'absent']),
  /** After active-low; null while it cannot be read. */
  level: lineLevelSchema.nullable(),
  /** What an output is driven to when nobody is in charge of it. */
  safe: z.enum(['on', 'off', 'keep']).optional(),
  /** What the node uses it for, such as `case` or `fan`; left out for a line that is free. A line with a use is not set by hand. */
  use: name.optional(),
  /** Given while the state is `absent`. */
  absence: z.object({ reason: name, detail: sentence }).optional(),
  /** Pulses of an input that were too short to count. */
  bounces: count.optional(),
})
export type LineView = z.infer<typeof lineViewSchema>

/** What a sensor's value is worth. Only `ok` is a measurement. */
export const verdictSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('ok'), value: z.number() }),
  z.object({ status: z.literal('bad'), reason: name, value: z.number().optional() }),
  z.object({ status: z.literal('absent'), reason: name }),
])

export const sensorViewSchema = z.object({
  name,
  chip: name,
  /** `i2c-1` */
  bus: name,
  address: z.number().int().min(0).max(127),
  /** By quantity, such as `temperature`. */
  readings: z.record(name, z.object({ unit: name, verdict: verdictSchema })),
  /** How long ago it was read, ms; left out until it was. */
  readAgoMs: z.number().min(0).optional(),
})
export type SensorView = z.infer<typeof sensorViewSchema>

export const busViewSchema = z.object({
  /** `i2c-1` */
  name,
  condition: z.enum(['unknown', 'ok', 'absent', 'hung']),
  reason: sentence.optional(),
  /** Transfers in a row that hung. */
  attempts: count.optional(),
})
export type BusView = z.infer<typeof busViewSchema>

export const fanViewSchema = z.object({
  /** What drives it: `pwmfan pwm1`. */
  name,
  /** The duty that the safety policies ask for; null while the machine's own control has it. */
  askedDuty: ratio.nullable(),
  /** What it does, as far as that is measured. */
  dutyRatio: ratio.optional(),
  rpm: z.number().min(0).optional(),
  stalled: z.boolean().optional(),
})

export const watchdogViewSchema = z.object({
  name,
  condition: z.enum(['closed', 'armed', 'failed']),
  timeoutSeconds: z.number().min(0).optional(),
  /** Once armed it cannot be disarmed any more. */
  noWayOut: z.boolean().optional(),
  /** The last reset of the machine was this watchdog's. */
  causedLastReset: z.boolean().optional(),
  failure: sentence.optional(),
  fedAgoMs: z.number().min(0).optional(),
})

/** What a node has to measure and to act with, as it is now. What the machine does not have is null or left out. */
export const hardwareViewSchema = z.object({
  simulated: z.boolean(),
  parts: z.array(z.object({ name, present: z.boolean(), detail: z.string().max(200).optional() })).max(64),
  lines: z.array(lineViewSchema).max(64),
  sensors: z.array(sensorViewSchema).max(64),
  buses: z.array(busViewSchema).max(32),
  fan: fanViewSchema.nullable(),
  cpu: z.object({ name, askedRatio: ratio }).nullable(),
  /** `allowed`: the configuration lets the policies turn the machine off. */
  powerDown: z.object({ name, allowed: z.boolean() }).nullable(),
  watchdog: watchdogViewSchema.nullable(),
  power: z.object({
    source: z.enum(['mains', 'battery']).optional(),
    supplyVolts: z.number().optional(),
    powerWatts: z.number().optional(),
    batteryRatio: ratio.optional(),
    /** Of the firmware, by name, such as `underVoltage` and `underVoltageSinceBoot`; one that the board does not have is left out. */
    alarms: z.record(name, z.boolean()),
  }),
  storage: z.object({
    readOnly: z.boolean().optional(),
    /** Part of its life that an eMMC says is used up. */
    lifeUsedRatio: ratio.optional(),
    reserve: z.enum(['normal', 'warning', 'urgent']).optional(),
    /** Written in a day, by the node's own software and by the whole system. */
    ownBytesPerDay: z.number().min(0).optional(),
    systemBytesPerDay: z.number().min(0).optional(),
  }),
  clock: z
    .object({ source: z.enum(['ntp', 'rtc', 'none']), by: z.string().max(64).optional(), hasRtc: z.boolean() })
    .nullable(),
})
export type HardwareView = z.infer<typeof hardwareViewSchema>
