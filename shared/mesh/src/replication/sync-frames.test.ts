import { encodeCbor } from '@wrale/protocol'
import {
  maxBatchRecords,
  maxDigestEntries,
  maxSyncFrameBytes,
  syncFrameSchema,
  syncRequestSchema,
} from '@wrale/protocol/wire'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fittingDigest, framesOf } from './sync-frames.ts'

test('every answer fits its limits, keeps the order, and only its last frame says done', () => {
  const record = fc.record({
    size: fc.integer({ min: 1, max: 16_384 }),
    ageMs: fc.double({ min: -1, max: 1e9, noNaN: true }),
  })
  fc.assert(
    fc.property(fc.array(record, { maxLength: 200 }), (sizes) => {
      const records = sizes.map(({ size, ageMs }, index) => ({ sealed: new Uint8Array(size).fill(index), ageMs }))
      const frames = [...framesOf(records)]
      expect(frames.flatMap((frame) => frame.records.map(([, sealed]) => sealed))).toEqual(
        records.map(({ sealed }) => sealed),
      )
      expect(frames.map(({ done }) => done)).toEqual(frames.map((_, index) => index === frames.length - 1))
      for (const frame of frames) {
        expect(frame.records.length).toBeLessThanOrEqual(maxBatchRecords)
        expect(encodeCbor(frame).byteLength).toBeLessThanOrEqual(maxSyncFrameBytes)
        expect(syncFrameSchema.safeParse(frame).success).toBe(true)
      }
    }),
    { numRuns: 30 },
  )
})

test('a digest that would not fit a request is cut to what does', () => {
  const digest = Object.fromEntries(
    Array.from({ length: maxDigestEntries + 10 }, (_, n) => [`${'x'.repeat(60)}${n}`, n + 1]),
  )
  const have = fittingDigest(digest)
  expect(encodeCbor({ have }).byteLength).toBeLessThanOrEqual(maxSyncFrameBytes)
  expect(syncRequestSchema.safeParse({ have }).success).toBe(true)
  expect(Object.keys(have).length).toBeGreaterThan(2000)
  expect(fittingDigest({ a: 1 })).toEqual({ a: 1 })
})
