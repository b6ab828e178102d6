import type { SensorsSample } from '../../features/sensors/sensors.ts'
import type { Reading } from '../../features/safety/base/reading.ts'
import type { SafetySample } from '../../features/safety/engine/sample.ts'
import type { SensorSettings } from '../../hardware/i2c/sensors/settings.ts'
import type { SensorReading } from '../../hardware/i2c/sensors/watched-sensor.ts'

/** Makes of the sensors' readings what the safety policies are told: what is measured for them, and which chips were there and are gone. */
export function sensorSamples(sensors: readonly SensorSettings[]): (sample: SensorsSample) => SafetySample {
  const seen = new Set<string>()
  return ({ atMs, readings }) => {
    const components: Record<string, boolean> = {}
    for (const [name, quantities] of readings) {
      const verdicts = Object.values(quantities).map(({ verdict }) => verdict)
      if (verdicts.some(({ status }) => status === 'ok')) seen.add(name)
      if (seen.has(name)) components[name] = verdicts.some(({ status }) => status !== 'absent')
    }
    const measured = (role: SensorSettings['measures'], quantity: string): Reading | undefined => {
      const sensor = sensors.find(({ measures }) => measures === role)
      const reading = sensor === undefined ? undefined : readings.get(sensor.name)?.[quantity]
      return sensor === undefined || reading === undefined
        ? undefined
        : readingOf(causeName(sensor.name, quantity), reading, atMs)
    }
    const supplyVolts = measured('supply', 'busVolts')
    const powerWatts = measured('supply', 'powerWatts')
    const batteryRatio = measured('battery', 'batteryRatio')
    const ambientCelsius = measured('air', 'temperatureCelsius')
    const humidityRatio = measured('air', 'humidityRatio')
    return {
      temperatures: sensors.flatMap(({ name, measures }) => {
        const reading = measures === 'machine' ? readings.get(name)?.['temperatureCelsius'] : undefined
        return reading === undefined ? [] : [readingOf(name, reading, atMs)]
      }),
      // What no sensor measures is not taken back: the board itself may say it.
      power: {
        ...(supplyVolts && { supplyVolts }),
        ...(powerWatts && { powerWatts }),
        ...(batteryRatio && { batteryRatio }),
      },
      tamper: { components, ...(supplyVolts && { supplyVolts }) },
      environment: { ...(ambientCelsius && { ambientCelsius }), ...(humidityRatio && { humidityRatio }) },
    }
  }
}

/** One chip may measure two things that decisions are made on. */
function causeName(sensor: string, quantity: string): string {
  return quantity === 'humidityRatio' ? `${sensor} humidity` : sensor
}

/** A value that is not to be believed is a sensor that says nothing. */
function readingOf(name: string, { unit, verdict }: SensorReading, atMs: number): Reading {
  return verdict.status === 'ok' ? { name, value: verdict.value, unit, atMs } : { name, unit, atMs }
}
