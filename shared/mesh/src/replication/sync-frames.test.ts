import { encodeCbor } from '@wrale/protocol'
import {
  maxBatchRecords,
  maxDigestEntries,
  maxSyncFrameBytes,
  syncFrameSchema,
  syncRequestSchema,
  syncSelectionSchema,
  wholeDigestEntries,
} from '@wrale/protocol/wire'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fittingDigest, framesOf, isBehind, requestFor } from './sync-frames.ts'

function peerLike(n: number): string {
  return `12D3KooW${String(n).replaceAll('0', 'z').padStart(44, 'x')}`
}

function digestOf(authors: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: authors }, (_, n) => [peerLike(n), n + 1]))
}

test('every answer fits its limits, keeps the order, and only its last frame carries the marks', () => {
  const record = fc.record({
    size: fc.integer({ min: 1, max: 16_384 }),
    ageMs: fc.double({ min: -1, max: 1e9, noNaN: true }),
  })
  fc.assert(
    fc.property(fc.array(record, { maxLength: 200 }), fc.nat(200), (sizes, authors) => {
      const marks = digestOf(authors)
      const records = sizes.map(({ size, ageMs }, index) => ({ sealed: new Uint8Array(size).fill(index), ageMs }))
      const frames = [...framesOf({ records, marks })]
      expect(frames.flatMap((frame) => frame.records.map(([, sealed]) => sealed))).toEqual(
        records.map(({ sealed }) => sealed),
      )
      expect(frames.map((frame) => frame.marks)).toEqual([...frames.slice(1).map(() => undefined), marks])
      for (const frame of frames) {
        expect(frame.records.length).toBeLessThanOrEqual(maxBatchRecords)
        expect(encodeCbor(frame).byteLength).toBeLessThanOrEqual(maxSyncFrameBytes)
        expect(syncFrameSchema.safeParse(frame).success).toBe(true)
      }
    }),
    { numRuns: 30 },
  )
})

test('a digest that would not fit is cut to what does', () => {
  const have = fittingDigest(digestOf(maxDigestEntries + 10))
  expect(encodeCbor({ parts: [], have }).byteLength).toBeLessThanOrEqual(maxSyncFrameBytes)
  expect(syncSelectionSchema.safeParse({ parts: [], have }).success).toBe(true)
  expect(Object.keys(have).length).toBeGreaterThan(2000)
  expect(fittingDigest({ a: 1 })).toEqual({ a: 1 })
})

test('a pull begins with a small digest whole, with the hash of a large one', () => {
  for (const authors of [0, wholeDigestEntries, wholeDigestEntries + 1]) {
    const request = requestFor(digestOf(authors))
    expect(syncRequestSchema.safeParse(request).success).toBe(true)
    expect(request.have).toEqual(authors > wholeDigestEntries ? undefined : digestOf(authors))
  }
})

test('a digest is behind another when it lacks an author or is lower for one', () => {
  expect(isBehind({}, { a: 1 })).toBe(true)
  expect(isBehind({ a: 1 }, { a: 2 })).toBe(true)
  expect(isBehind({ a: 2, b: 1 }, { a: 2 })).toBe(false)
})
