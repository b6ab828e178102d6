import type { Stream } from '@libp2p/interface'
import { streamPair } from '@libp2p/utils'
import { FleetError } from '@wrale/kernel'
import { encodeCbor } from '@wrale/protocol'
import { encode } from 'uint8-varint'
import { beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { LibP2PFrames } from './frames.ts'

const maxBytes = 1000
let near: Stream
let far: Stream
let frames: LibP2PFrames
let deadline: AbortController

beforeEach(async () => {
  ;[near, far] = await streamPair()
  deadline = new AbortController()
  frames = new LibP2PFrames(near, { maxBytes, signal: deadline.signal })
})

test('what is written on one side is read on the other, in order', async () => {
  const other = new LibP2PFrames(far, { maxBytes, signal: deadline.signal })
  const written = Array.from({ length: 50 }, (_, n) => ({ n, bytes: new Uint8Array(n) }))
  const writing = (async () => {
    for (const value of written) await frames.write(value)
    await frames.close()
  })()
  for (const value of written) expect(await other.read(z.unknown())).toEqual(value)
  await writing
})

describe('reading refuses', () => {
  test.each([
    ['a frame longer than its limit, before it arrives', [new Uint8Array(encode(maxBytes + 1))], 'FRAME_TOO_LARGE'],
    ['a length that never ends', [new Uint8Array(20).fill(0xff)], 'FRAME_TOO_LARGE'],
    ['what is no CBOR', [new Uint8Array([1, 0xff])], 'FRAME_INVALID'],
    ['what does not fit its schema', [new Uint8Array([1, ...encodeCbor(7)])], 'FRAME_INVALID'],
  ])('%s', async (_case, chunks, code) => {
    for (const chunk of chunks) far.send(chunk)
    await expect(frames.read(z.string())).rejects.toMatchObject({ code })
  })

  test('to wait longer than its deadline', async () => {
    const reading = frames.read(z.unknown())
    deadline.abort(new FleetError('TIMEOUT', 'too slow'))
    await expect(reading).rejects.toMatchObject({ code: 'TIMEOUT', message: 'too slow' })
  })
})

test('a stream that ends within a frame is a peer that is gone, not one that does wrong', async () => {
  far.send(new Uint8Array([10, 1, 2]))
  await far.close()
  await expect(frames.read(z.unknown())).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})

test('writing refuses a frame longer than its limit', async () => {
  await expect(frames.write(new Uint8Array(maxBytes))).rejects.toMatchObject({ code: 'TOO_LARGE' })
})
