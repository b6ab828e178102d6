import { z } from 'zod'

/** How a value is read by a person; the renderer and the CLI choose prefixes and precision from it. */
export type MetricUnit =
  | 'celsius'
  | 'ratio'
  | 'bytes'
  | 'bytesPerSecond'
  | 'watts'
  | 'volts'
  | 'rpm'
  | 'seconds'
  | 'count'

export interface MetricDefinition {
  /** What stands for the metric in records. Never changed, and never used again for another. */
  readonly code: number
  /** Resolution in records, in the metric's unit: 1 or more, or one part of a whole number. Never changed. */
  readonly step: number
  readonly unit: MetricUnit
  /** Sentence-case words for people. */
  readonly label: string
  /** Name that Prometheus users know: node_exporter's where it has one. */
  readonly prometheus: string
  /** Readings outside these bounds are physically impossible and are refused at the sensor. */
  readonly min: number
  readonly max: number
  /** It only grows, until whatever counts begins anew: a Prometheus counter. Default: it is a gauge. */
  readonly counts?: true
}

const mebibyte = 2 ** 20

/** What a node can measure. Names carry their unit. A metric that a board cannot measure is absent, never zero. */
export const metricCatalogue = {
  temperatureCelsius: {
    code: 1,
    step: 0.1,
    unit: 'celsius',
    label: 'Temperature',
    prometheus: 'node_hwmon_temp_celsius',
    min: -60,
    max: 150,
  },
  cpuBusyRatio: {
    code: 2,
    step: 0.01,
    unit: 'ratio',
    label: 'CPU busy',
    prometheus: 'node_cpu_busy_ratio',
    min: 0,
    max: 1,
  },
  load1: { code: 3, step: 0.01, unit: 'count', label: 'Load, 1 min', prometheus: 'node_load1', min: 0, max: 100_000 },
  memoryUsedBytes: {
    code: 4,
    step: mebibyte,
    unit: 'bytes',
    label: 'Memory used',
    prometheus: 'node_memory_used_bytes',
    min: 0,
    max: 2 ** 50,
  },
  memoryTotalBytes: {
    code: 5,
    step: mebibyte,
    unit: 'bytes',
    label: 'Memory total',
    prometheus: 'node_memory_total_bytes',
    min: 0,
    max: 2 ** 50,
  },
  diskUsedBytes: {
    code: 6,
    step: mebibyte,
    unit: 'bytes',
    label: 'Disk used',
    prometheus: 'node_filesystem_used_bytes',
    min: 0,
    max: 2 ** 60,
  },
  diskTotalBytes: {
    code: 7,
    step: mebibyte,
    unit: 'bytes',
    label: 'Disk total',
    prometheus: 'node_filesystem_size_bytes',
    min: 0,
    max: 2 ** 60,
  },
  networkReceiveBytesPerSecond: {
    code: 8,
    step: 10,
    unit: 'bytesPerSecond',
    label: 'Network in',
    prometheus: 'node_network_receive_bytes_per_second',
    min: 0,
    max: 1e12,
  },
  networkTransmitBytesPerSecond: {
    code: 9,
    step: 10,
    unit: 'bytesPerSecond',
    label: 'Network out',
    prometheus: 'node_network_transmit_bytes_per_second',
    min: 0,
    max: 1e12,
  },
  powerWatts: {
    code: 10,
    step: 0.01,
    unit: 'watts',
    label: 'Power draw',
    prometheus: 'node_hwmon_power_watt',
    min: 0,
    max: 10_000,
  },
  supplyVolts: {
    code: 11,
    step: 0.01,
    unit: 'volts',
    label: 'Supply voltage',
    prometheus: 'node_hwmon_in_volts',
    min: 0,
    max: 1000,
  },
  batteryRatio: {
    code: 12,
    step: 0.001,
    unit: 'ratio',
    label: 'Battery',
    prometheus: 'node_power_supply_capacity_ratio',
    min: 0,
    max: 1,
  },
  fanRpm: {
    code: 13,
    step: 10,
    unit: 'rpm',
    label: 'Fan speed',
    prometheus: 'node_hwmon_fan_rpm',
    min: 0,
    max: 100_000,
  },
  fanDutyRatio: {
    code: 14,
    step: 0.01,
    unit: 'ratio',
    label: 'Fan duty',
    prometheus: 'node_hwmon_pwm_ratio',
    min: 0,
    max: 1,
  },
  uptimeSeconds: {
    code: 15,
    step: 1,
    unit: 'seconds',
    label: 'Uptime',
    prometheus: 'node_uptime_seconds',
    min: 0,
    max: 1e10,
  },
  /** Of the air around the machine; OpenTelemetry's `hw.ambient_temperature`. */
  ambientCelsius: {
    code: 16,
    step: 0.1,
    unit: 'celsius',
    label: 'Air temperature',
    prometheus: 'hw_ambient_temperature_celsius',
    min: -60,
    max: 100,
  },
  /** Relative humidity of the air around the machine. */
  humidityRatio: {
    code: 17,
    step: 0.01,
    unit: 'ratio',
    label: 'Humidity',
    prometheus: 'node_hwmon_humidity',
    min: 0,
    max: 1,
  },
  /** By this daemon since it began, as the kernel counts what goes to storage; OpenTelemetry's `process.disk.io`. */
  writtenBytes: {
    code: 18,
    step: 4096,
    unit: 'bytes',
    label: 'Written by Wrale',
    prometheus: 'process_disk_written_bytes_total',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    counts: true,
  },
  /** By the whole machine to its storage devices since it started. */
  systemWrittenBytes: {
    code: 19,
    step: mebibyte,
    unit: 'bytes',
    label: 'Written by the system',
    prometheus: 'node_disk_written_bytes_total',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    counts: true,
  },
} as const satisfies Record<string, MetricDefinition>

export type MetricName = keyof typeof metricCatalogue

export const metricNames = Object.keys(metricCatalogue) as readonly MetricName[]

export const metricNameSchema = z.enum(metricNames as [MetricName, ...MetricName[]])

/** Latest value of each metric that the board has. Values outside the catalogue's bounds are refused. */
export const readingsSchema = z.partialRecord(metricNameSchema, z.number()).superRefine((readings, context) => {
  for (const [name, value] of Object.entries(readings)) {
    const { min, max } = metricCatalogue[name as MetricName]
    if (value !== undefined && (value < min || value > max)) {
      context.addIssue({ code: 'custom', path: [name], message: `must be between ${min} and ${max}` })
    }
  }
})
export type Readings = Partial<Record<MetricName, number>>

const nameOfCode = new Map<number, MetricName>(metricNames.map((name) => [metricCatalogue[name].code, name]))

/** Most numbers in readings on the wire: there is room for metrics of newer software. */
const maxWireNumbers = 256

/**
 * Readings on the wire: [code, whole number of steps, code, …]. Codes that this software does not know are passed over; they stay in the sealed
 * record. A bare reading costs two to six bytes.
 */
export const wireReadingsSchema = z.codec(
  z
    .array(z.number().int())
    .max(maxWireNumbers)
    .refine((numbers) => numbers.length % 2 === 0, 'must be pairs of a code and a number'),
  readingsSchema,
  {
    decode: (numbers) => {
      const readings: Readings = {}
      for (let index = 0; index < numbers.length; index += 2) {
        const name = nameOfCode.get(numbers[index] ?? 0)
        if (name !== undefined) readings[name] = fromSteps(numbers[index + 1] ?? 0, metricCatalogue[name].step)
      }
      return readings
    },
    encode: (readings) =>
      metricNames.flatMap((name) => {
        const value = readings[name]
        const { code, step } = metricCatalogue[name]
        return value === undefined ? [] : [code, toSteps(value, step)]
      }),
  },
)

/** Parts are divided by and not multiplied with, so that 515 tenths are 51.5 and nothing beside it. */
function fromSteps(steps: number, step: number): number {
  return step >= 1 ? steps * step : steps / Math.round(1 / step)
}

function toSteps(value: number, step: number): number {
  return Math.round(step >= 1 ? value / step : value * Math.round(1 / step))
}
