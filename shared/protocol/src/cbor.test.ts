import fc from 'fast-check'
import { FleetError } from '@wrale/kernel'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { decodeCbor, encodeCbor } from './cbor.ts'

const anything = z.unknown()
const limits = { maxBytes: 4096 }

function catching(work: () => unknown): unknown {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}

describe('CBOR', () => {
  it('gives equal bytes for equal content, whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (object) => {
        const reversed = Object.fromEntries(Object.entries(object).toReversed())
        expect(encodeCbor(reversed)).toEqual(encodeCbor(object))
      }),
    )
  })

  it('reads back what it wrote', () => {
    const value = fc.jsonValue({ stringUnit: 'grapheme' })
    fc.assert(
      fc.property(value, (json) => {
        const plain: unknown = JSON.parse(JSON.stringify(json))
        expect(decodeCbor(encodeCbor(plain), anything, { maxBytes: 1 << 20 })).toEqual(plain)
      }),
    )
  })

  it('answers arbitrary bytes with a value or a FleetError, nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const outcome = catching(() => decodeCbor(bytes, anything, limits))
        expect(outcome === undefined || outcome instanceof FleetError).toBe(true)
      }),
    )
  })

  it.each([
    ['an array said to have four billion items', [0x9a, 0xff, 0xff, 0xff, 0xff]],
    ['a string said to have four billion bytes', [0x5a, 0xff, 0xff, 0xff, 0xff]],
    ['an indefinite length', [0x9f, 0x01, 0xff]],
    ['a duplicate key', [0xa2, 0x61, 0x61, 0x01, 0x61, 0x61, 0x02]],
    ['bytes after the end', [0x01, 0x01]],
    ['not a number', [0xf9, 0x7e, 0x00]],
    ['deep nesting', Array.from({ length: 4000 }, () => 0x81)],
  ])('refuses %s', (_name, bytes) => {
    expect(() => decodeCbor(Uint8Array.from(bytes), anything, limits)).toThrow(
      expect.objectContaining({ code: 'FRAME_INVALID' }),
    )
  })

  it('refuses what is too large before looking at it, and what does not fit its schema with the path', () => {
    expect(() => decodeCbor(new Uint8Array(5000), anything, limits)).toThrow(
      expect.objectContaining({ code: 'FRAME_TOO_LARGE' }),
    )
    const bytes = encodeCbor({ a: { b: 'x' } })
    expect(() => decodeCbor(bytes, z.object({ a: z.object({ b: z.number() }) }), limits)).toThrow(/a\.b/)
  })
})
