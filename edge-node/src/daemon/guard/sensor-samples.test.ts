import { expect, it } from 'vitest'
import type { SensorReading } from '../../hardware/i2c/sensors/watched-sensor.ts'
import { sensorSamples } from './sensor-samples.ts'

const ok = (unit: SensorReading['unit'], value: number): SensorReading => ({ unit, verdict: { status: 'ok', value } })
const bad = (unit: SensorReading['unit']): SensorReading => ({
  unit,
  verdict: { status: 'bad', reason: 'out-of-range' },
})
const gone = (unit: SensorReading['unit']): SensorReading => ({
  unit,
  verdict: { status: 'absent', reason: 'no-device' },
})
const air = { name: 'outside', chip: 'bme280', bus: 1, address: 0x76, measures: 'air' } as const

it('tells two things that one chip measures apart, each with its unit', () => {
  const { environment } = sensorSamples([air])({
    atMs: 7,
    readings: new Map([['outside', { temperatureCelsius: ok('celsius', 21), humidityRatio: ok('ratio', 0.4) }]]),
  })
  expect(environment).toEqual({
    ambientCelsius: { name: 'outside', value: 21, unit: 'celsius', atMs: 7 },
    humidityRatio: { name: 'outside humidity', value: 0.4, unit: 'ratio', atMs: 7 },
  })
})

it('gives no value that is not believed', () => {
  const { environment } = sensorSamples([air])({
    atMs: 7,
    readings: new Map([['outside', { temperatureCelsius: bad('celsius') }]]),
  })
  expect(environment).toEqual({ ambientCelsius: { name: 'outside', unit: 'celsius', atMs: 7 } })
})

it('misses a chip only once it was there', () => {
  const sample = sensorSamples([air])
  const read = (reading: SensorReading) =>
    sample({ atMs: 1, readings: new Map([['outside', { temperatureCelsius: reading }]]) }).tamper?.components
  expect(read(gone('celsius'))).toEqual({})
  expect(read(ok('celsius', 20))).toEqual({ outside: true })
  expect(read(gone('celsius'))).toEqual({ outside: false })
})
