import { encodeCbor } from '@wrale/protocol'
import { linkFrameSchema, maxLinkFrameBytes } from '@wrale/protocol/wire'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordIdOf } from '../record-id.ts'
import { Outbox } from './outbox.ts'

function record(bytes: number, fill: number): { id: ReturnType<typeof recordIdOf>; sealed: Uint8Array } {
  const sealed = new Uint8Array(bytes).fill(fill % 251)
  sealed.set([fill & 0xff, (fill >> 8) & 0xff])
  return { id: recordIdOf(sealed), sealed }
}

test('whatever is put in comes out in frames that the other side takes, records in order', () => {
  const x = Array.from({ length: 16 }, () => [
    '12D3KooW'.padEnd(52, 'A'),
    Array.from({ length: 8 }, () => 'a'.repeat(256)),
  ])
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 2, max: 16_384 }), { maxLength: 100 }), fc.boolean(), (sizes, withPeers) => {
      const outbox = new Outbox()
      const records = sizes.map((bytes, index) => record(bytes, index))
      for (const one of records) outbox.push(one)
      for (let index = 0; index < 600; index++) {
        outbox.tell(record(8, index + 1000).id)
        outbox.want(record(8, index + 2000).id)
      }
      if (withPeers) outbox.put({ x: x, e: true })
      const out: Uint8Array[] = []
      while (!outbox.isEmpty) {
        const frame = outbox.take()
        expect(encodeCbor(frame).byteLength).toBeLessThanOrEqual(maxLinkFrameBytes)
        expect(linkFrameSchema.safeParse(frame).success).toBe(true)
        out.push(...(frame.r ?? []))
      }
      expect(out).toEqual(records.slice(records.length - out.length).map(({ sealed }) => sealed))
    }),
    { numRuns: 20 },
  )
})

test('a record that finds no room is told by its id', () => {
  const outbox = new Outbox()
  const records = Array.from({ length: 20 }, (_, index) => record(16_384, index))
  for (const one of records) outbox.push(one)
  expect(outbox.take().h).toEqual(records.slice(0, 4).map(({ id }) => id.bytes))
})

test('of prune and graft the last word holds', () => {
  const outbox = new Outbox()
  outbox.put({ p: true })
  outbox.put({ g: true })
  expect(outbox.take()).toEqual({ g: true })
})
