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
  readonly unit: MetricUnit
  /** Sentence-case words for people. */
  readonly label: string
  /** Name that Prometheus users know: node_exporter's where it has one. */
  readonly prometheus: string
  /** Readings outside these bounds are physically impossible and are refused at the sensor. */
  readonly min: number
  readonly max: number
}

/** What a node can measure. Names carry their unit. A metric that a board cannot measure is absent, never zero. */
export const metricCatalogue = {
  temperatureCelsius: {
    unit: 'celsius',
    label: 'Temperature',
    prometheus: 'node_hwmon_temp_celsius',
    min: -60,
    max: 150,
  },
  cpuBusyRatio: { unit: 'ratio', label: 'CPU busy', prometheus: 'node_cpu_busy_ratio', min: 0, max: 1 },
  load1: { unit: 'count', label: 'Load, 1 min', prometheus: 'node_load1', min: 0, max: 100_000 },
  memoryUsedBytes: { unit: 'bytes', label: 'Memory used', prometheus: 'node_memory_used_bytes', min: 0, max: 2 ** 50 },
  memoryTotalBytes: {
    unit: 'bytes',
    label: 'Memory total',
    prometheus: 'node_memory_MemTotal_bytes',
    min: 0,
    max: 2 ** 50,
  },
  diskUsedBytes: { unit: 'bytes', label: 'Disk used', prometheus: 'node_filesystem_used_bytes', min: 0, max: 2 ** 60 },
  diskTotalBytes: {
    unit: 'bytes',
    label: 'Disk total',
    prometheus: 'node_filesystem_size_bytes',
    min: 0,
    max: 2 ** 60,
  },
  networkReceiveBytesPerSecond: {
    unit: 'bytesPerSecond',
    label: 'Network in',
    prometheus: 'node_network_receive_bytes_per_second',
    min: 0,
    max: 1e12,
  },
  networkTransmitBytesPerSecond: {
    unit: 'bytesPerSecond',
    label: 'Network out',
    prometheus: 'node_network_transmit_bytes_per_second',
    min: 0,
    max: 1e12,
  },
  powerWatts: { unit: 'watts', label: 'Power draw', prometheus: 'node_hwmon_power_watt', min: 0, max: 10_000 },
  supplyVolts: { unit: 'volts', label: 'Supply voltage', prometheus: 'node_hwmon_in_volts', min: 0, max: 1000 },
  batteryRatio: { unit: 'ratio', label: 'Battery', prometheus: 'node_power_supply_capacity_ratio', min: 0, max: 1 },
  fanRpm: { unit: 'rpm', label: 'Fan speed', prometheus: 'node_hwmon_fan_rpm', min: 0, max: 100_000 },
  fanDutyRatio: { unit: 'ratio', label: 'Fan duty', prometheus: 'node_hwmon_pwm_ratio', min: 0, max: 1 },
  uptimeSeconds: { unit: 'seconds', label: 'Uptime', prometheus: 'node_uptime_seconds', min: 0, max: 1e10 },
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
