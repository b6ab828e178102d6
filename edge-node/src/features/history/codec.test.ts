import { FleetError } from '@wrale/kernel'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeChunk, encodeChunk, type Series } from './codec.ts'

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const whole = fc.maxSafeInteger()
/** Times with gaps and jumps either way, steady ones, values that move little, and anything finite. */
const column = (rows: number) =>
  fc.oneof(
    ...[
      finite,
      whole,
      fc.integer({ min: -100, max: 100 }),
      fc.constantFrom(0, -0, 2 ** 51, -(2 ** 51), 5e-324, 1.7e308),
    ].map((value) => fc.array(value, { minLength: rows, maxLength: rows })),
    fc
      .tuple(whole, fc.integer({ min: 1, max: 60_000 }))
      .map(([start, step]) => Array.from({ length: rows }, (_, row) => Math.trunc(start / 4) + row * step)),
  )
const series = fc.nat({ max: 40 }).chain((rows) =>
  fc.record({
    code: fc.oneof(fc.nat({ max: 30 }), fc.nat({ max: 2 ** 31 - 1 })),
    columns: fc
      .integer({ min: 1, max: 5 })
      .chain((columns) => fc.tuple(...Array.from({ length: columns }, () => column(rows))))
      .map((columns) => columns.map((values) => Float64Array.from(values))),
  }),
)
const chunk: fc.Arbitrary<Series[]> = fc.array(series, { maxLength: 4 })

/** Null for bytes that are refused; any other failure is thrown on. */
function decodedOrNull(bytes: Uint8Array): Series[] | null {
  try {
    return decodeChunk(bytes)
  } catch (error) {
    if (error instanceof FleetError && error.code === 'STATE_DAMAGED') return null
    throw error
  }
}

describe('a chunk', () => {
  it('comes back as it was, whatever finite numbers are in it', () => {
    fc.assert(
      fc.property(chunk, (all) => {
        expect(decodeChunk(encodeChunk(all))).toEqual(all)
      }),
      { numRuns: 500 },
    )
  })

  it('gives only the series that are asked for', () => {
    const one = (code: number): Series => ({ code, columns: [Float64Array.of(1, 2), Float64Array.of(3, code)] })
    expect(decodeChunk(encodeChunk([one(1), one(2), one(3)]), new Set([2, 9]))).toEqual([one(2)])
  })

  it('refuses what it cannot hold', () => {
    expect(() => encodeChunk([{ code: 1, columns: [Float64Array.of(NaN)] }])).toThrow(RangeError)
    expect(() => encodeChunk([{ code: 1, columns: [Float64Array.of(1), Float64Array.of()] }])).toThrow(RangeError)
    expect(() => encodeChunk([{ code: 1, columns: [new Float64Array(65_537)] }])).toThrow(RangeError)
  })

  it('is read or refused, whatever its bytes, and holds no more than its bytes can', () => {
    const damaged = fc
      .tuple(chunk, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 }))
      .map(([all, hits]) => {
        const bytes = encodeChunk(all)
        for (const [at, value] of hits) bytes[at % bytes.length] = value
        return bytes
      })
    const cut = fc.tuple(chunk, fc.nat()).map(([all, at]) => {
      const bytes = encodeChunk(all)
      return bytes.subarray(0, at % bytes.length)
    })
    const seen = { read: 0, refused: 0 }
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged, cut), (bytes) => {
        const found = decodedOrNull(bytes)
        seen[found === null ? 'refused' : 'read']++
        const numbers = (found ?? []).flatMap(({ columns }) => columns).reduce((sum, { length }) => sum + length, 0)
        expect(numbers).toBeLessThanOrEqual(bytes.length)
      }),
      { numRuns: 800 },
    )
    expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(20)
  })

  it('takes two bytes for a sample that comes steadily and moves little', () => {
    const rows = 300
    const times = Float64Array.from({ length: rows }, (_, row) => 1.7e12 + row * 1000 + ((row * 7) % 5))
    const values = Float64Array.from({ length: rows }, (_, row) => 515 + ((row * 13) % 9))
    expect(encodeChunk([{ code: 1, columns: [times, values] }]).length / rows).toBeLessThan(2.1)
  })
})
