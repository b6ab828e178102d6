import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeBme280, encodeTrimming, exampleTrimming } from '../simulated/bme280.ts'
import {
  type Bme280Trimming,
  celsiusOf,
  compensateHumidity,
  compensatePressure,
  decodeTrimming,
  fineTemperature,
} from './bme280-compensation.ts'
import { decodeBme280 } from './bme280.ts'

const word = fc.integer({ min: 0, max: 0xffff })
const byte = fc.integer({ min: 0, max: 0xff })
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

describe('the air', () => {
  it("is that of Bosch's worked example (BMP280 datasheet, section 3.12: the same formulas and values)", () => {
    const fine = fineTemperature(519_888, exampleTrimming)
    expect(Math.floor(fine)).toBe(128_422)
    expect(celsiusOf(fine)).toBeCloseTo(25.08, 2)
    expect(compensatePressure(415_148, fine, exampleTrimming)).toBeCloseTo(100_653.27, 1)
  })

  it('has the humidity that the integer formula of the datasheet (section 4.2.3) gives', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10_000, max: 50_000 }),
        fc.integer({ min: -200_000, max: 435_000 }),
        fc.record({
          h1: fc.integer({ min: 70, max: 80 }),
          h2: fc.integer({ min: 340, max: 380 }),
          h3: fc.constant(0),
          h4: fc.integer({ min: 280, max: 360 }),
          h5: fc.integer({ min: 0, max: 60 }),
          h6: fc.integer({ min: 20, max: 40 }),
        }),
        (raw, fine, humidity) => {
          const trimming = { ...exampleTrimming, ...humidity }
          const percent = integerHumidity(BigInt(raw), BigInt(fine), trimming) / 1024
          expect(compensateHumidity(raw, fine, trimming) * 100).toBeCloseTo(percent, 0)
        },
      ),
    )
  })

  it('stays within its bounds and never throws, for any registers of any chip', () => {
    fc.assert(
      fc.property(bytes(26), bytes(7), bytes(8), (first, second, data) => {
        const values = decodeBme280(data, decodeTrimming(first, second))
        expect(values.humidityRatio ?? 0).toBeGreaterThanOrEqual(0)
        expect(values.humidityRatio ?? 0).toBeLessThanOrEqual(1)
        for (const value of Object.values(values)) expect(value).toBeTypeOf('number')
      }),
    )
  })

  it('shows what is not measured yet as nothing', () => {
    const data = Uint8Array.of(0x80, 0, 0, 0x80, 0, 0, 0x80, 0)
    expect(decodeBme280(data, exampleTrimming)).toEqual({})
  })

  it('is the same after it went through the registers, within their steps', () => {
    const air = fc.record({
      celsius: fc.double({ min: -40, max: 85, noNaN: true }),
      pascals: fc.double({ min: 30_000, max: 110_000, noNaN: true }),
      humidityRatio: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
    })
    fc.assert(
      fc.property(air, (given) => {
        const values = decodeBme280(encodeBme280(given, exampleTrimming), exampleTrimming)
        expect(values.temperatureCelsius).toBeCloseTo(given.celsius, 2)
        expect(Math.abs((values.pressurePascals ?? 0) - given.pascals)).toBeLessThan(1)
        expect(values.humidityRatio).toBeCloseTo(given.humidityRatio, 3)
      }),
      // Between two steps of which the lower one would read as nothing measured.
      { examples: [[{ celsius: 0, pascals: 30_000, humidityRatio: 0.6179546325385238 }]] },
    )
  })

  it('has trimming values that are the same after they went through the registers', () => {
    const signed = fc.integer({ min: -0x8000, max: 0x7fff })
    const twelve = fc.integer({ min: -2048, max: 2047 })
    const trimming = fc.record({
      ...Object.fromEntries(
        (['t2', 't3', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8', 'p9', 'h2'] as const).map((name) => [name, signed]),
      ),
      t1: word,
      p1: word,
      h1: byte,
      h3: byte,
      h4: twelve,
      h5: twelve,
      h6: fc.integer({ min: -128, max: 127 }),
    })
    fc.assert(
      fc.property(trimming, (given) => {
        const { first, second } = encodeTrimming(given as unknown as Bme280Trimming)
        expect(decodeTrimming(first, second)).toEqual(given)
      }),
    )
  })
})

/** Section 4.2.3: 1,024ths of a percent, in whole numbers of 32 bits. */
function integerHumidity(raw: bigint, fine: bigint, trimming: Bme280Trimming): number {
  const { h1, h2, h3, h4, h5, h6 } = trimming
  const [d1, d2, d3, d4, d5, d6] = [BigInt(h1), BigInt(h2), BigInt(h3), BigInt(h4), BigInt(h5), BigInt(h6)]
  const base = fine - 76_800n
  const left = ((raw << 14n) - (d4 << 20n) - d5 * base + 16_384n) >> 15n
  const right = ((((((base * d6) >> 10n) * (((base * d3) >> 11n) + 32_768n)) >> 10n) + 2_097_152n) * d2 + 8192n) >> 14n
  const product = left * right
  const corrected = product - (((((product >> 15n) * (product >> 15n)) >> 7n) * d1) >> 4n)
  const bounded = corrected < 0n ? 0n : corrected > 419_430_400n ? 419_430_400n : corrected
  return Number(bounded >> 12n)
}
