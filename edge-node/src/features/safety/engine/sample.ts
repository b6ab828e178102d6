import type { MetricName } from '@wrale/protocol'
import { metricCatalogue } from '@wrale/protocol'
import type { Observation } from '../../telemetry/telemetry.ts'
import type { Reading } from '../base/reading.ts'
import type { SafetyInputs } from '../step.ts'

/**
 * What one source has to say. A field that is left out stays as it was last said; one that is undefined is taken back. Temperatures are told
 * apart by their names.
 */
export interface SafetySample {
  readonly temperatures?: readonly Reading[]
  readonly power?: SafetyInputs['power']
  readonly tamper?: Omit<SafetyInputs['tamper'], 'reset' | 'wallMs'>
  readonly environment?: SafetyInputs['environment']
  readonly storage?: SafetyInputs['storage']
}

/** Sensors that are kept; a driver that makes up names must not fill the memory. */
const maxSensors = 16

export const noInputs: SafetyInputs = {
  thermal: { sensors: [] },
  power: {},
  tamper: {},
  environment: {},
  storage: {},
}

/** What is known after a source has spoken. */
export function takeIn(before: SafetyInputs, sample: SafetySample): SafetyInputs {
  const sensors = new Map(before.thermal.sensors.map((sensor) => [sensor.name, sensor]))
  for (const sensor of sample.temperatures ?? []) {
    if (sensors.has(sensor.name) || sensors.size < maxSensors) sensors.set(sensor.name, sensor)
  }
  return {
    thermal: { sensors: [...sensors.values()] },
    power: { ...before.power, ...sample.power },
    tamper: { ...before.tamper, ...sample.tamper },
    environment: { ...before.environment, ...sample.environment },
    storage: { ...before.storage, ...sample.storage },
  }
}

/** An observation of telemetry, as the policies read it. A refused reading is a sensor that says nothing, not a sensor that is not there. */
export function sampleOf(observation: Observation): SafetySample {
  const { readings, refused, powerSource, alarms, atMs, storage } = observation
  const reading = (metric: MetricName): Reading | undefined => {
    const value = readings[metric]
    const isThere = value !== undefined || refused.some((entry) => entry.metric === metric)
    return isThere ? { name: metric, value, unit: metricCatalogue[metric].unit, atMs } : undefined
  }
  const temperature = reading('temperatureCelsius')
  return {
    temperatures: temperature === undefined ? [] : [temperature],
    power: {
      source: powerSource,
      supplyVolts: reading('supplyVolts'),
      batteryRatio: reading('batteryRatio'),
      powerWatts: reading('powerWatts'),
      flags: {
        underVoltageNow: alarms.underVoltage,
        throttledNow: alarms.throttled,
        underVoltageSinceBoot: alarms.underVoltageSinceBoot,
        throttledSinceBoot: alarms.throttledSinceBoot,
      },
    },
    tamper: { supplyVolts: reading('supplyVolts') },
    storage: {
      usedBytes: reading('diskUsedBytes'),
      totalBytes: reading('diskTotalBytes'),
      readOnly: storage?.readOnly,
      writtenBytes: readings.writtenBytes,
    },
  }
}
