import fc from 'fast-check'
import { FleetError } from '@wrale/kernel'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { RecordPayload } from '../records/index.ts'
import { decodeIdentity, encodeIdentity, generateIdentity, open, openRecord, seal, sealRecord } from './index.ts'

const status: RecordPayload = {
  kind: 'status',
  seq: 3,
  prev: 2,
  hlc: [1_700_000_000_000, 0],
  body: {
    intervalMs: 5000,
    state: 'ok',
    reasons: [],
    readings: { temperatureCelsius: 51.5 },
    later: { field: [1] },
  },
}

/** What software gone wrong, or bad, may sign as a record. */
const unchecked = { domain: 'wrale-record/1', schema: z.any(), maxBytes: 16_384 }

describe('identities', () => {
  it('are read back from their file form, and other bytes are refused', async () => {
    const identity = await generateIdentity()
    expect(decodeIdentity(encodeIdentity(identity)).id).toBe(identity.id)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(() => decodeIdentity(bytes)).toThrow(expect.objectContaining({ code: 'STATE_DAMAGED' }))
      }),
    )
  })
})

describe('sealed records', () => {
  it('name their author and keep fields that this software does not know', async () => {
    const identity = await generateIdentity()
    const { sealed } = await sealRecord(status, identity)
    expect(await openRecord(sealed)).toEqual({ ...status, author: identity.id, sealed })
  })

  it('are refused when any byte is changed', async () => {
    const { sealed } = await sealRecord(status, await generateIdentity())
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const altered = Uint8Array.from(sealed)
        altered[at] = (altered[at] ?? 0) ^ mask
        await expect(openRecord(altered)).rejects.toBeInstanceOf(FleetError)
      }),
    )
  })

  it('are not taken for another kind of signed thing', async () => {
    const identity = await generateIdentity()
    const one = { domain: 'test-one/1', schema: z.string(), maxBytes: 500 }
    const sealed = await seal(one, 'hello', identity)
    expect(await open(one, sealed)).toEqual({ signer: identity.id, content: 'hello' })
    await expect(open({ ...one, domain: 'test-two/1' }, sealed)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' })
    await expect(open({ ...one, maxBytes: 20 }, sealed)).rejects.toMatchObject({ code: 'FRAME_TOO_LARGE' })
    await expect(seal({ ...one, maxBytes: 20 }, 'hello', identity)).rejects.toMatchObject({ code: 'TOO_LARGE' })
  })

  it('cannot be written nor read with readings that cannot be', async () => {
    const identity = await generateIdentity()
    const body = { ...status.body, readings: { temperatureCelsius: 900 } }
    await expect(sealRecord({ ...status, body }, identity)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    const sealed = await seal(unchecked, { ...status, body }, identity)
    await expect(openRecord(sealed)).rejects.toMatchObject({ code: 'FRAME_INVALID' })
  })
})
