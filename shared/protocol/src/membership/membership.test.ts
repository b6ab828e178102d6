import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { FleetId } from '../ids.ts'
import { generateIdentity, type Identity, issueCertificate, verifyCertificate } from '../signing/index.ts'
import { enrolProof, sameProof } from './enrol-proof.ts'
import { decodeJoinToken, encodeJoinToken } from './join-token.ts'

let root: Identity
let fleet: FleetId
beforeAll(async () => {
  root = await generateIdentity()
  fleet = root.id as string as FleetId
})

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

describe('join tokens', () => {
  it('survive being written down and typed in capitals with spaces', () => {
    fc.assert(
      fc.property(bytes(8), bytes(16), fc.nat(2 ** 31), (id, secret, expiresAtSeconds) => {
        const token = { fleet, id, secret, expiresAtSeconds }
        const typed = encodeJoinToken(token)
          .toUpperCase()
          .replaceAll(/(.{8})/g, '$1 \n')
        expect(decodeJoinToken(typed)).toEqual(token)
      }),
    )
  })

  it('tell a mistyped character', () => {
    const text = encodeJoinToken({ fleet, id: new Uint8Array(8), secret: new Uint8Array(16), expiresAtSeconds: 1 })
    fc.assert(
      fc.property(
        fc.integer({ min: 11, max: text.length - 1 }),
        fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyz234567189!-')),
        (at, letter) => {
          fc.pre(text[at] !== letter)
          expect(() => decodeJoinToken(text.slice(0, at) + letter + text.slice(at + 1))).toThrow(
            expect.objectContaining({ code: 'TOKEN_INVALID' }),
          )
        },
      ),
    )
  })

  it('refuse any other text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `wrale-join-${text}`),
        ),
        (text) => {
          expect(() => decodeJoinToken(text)).toThrow(expect.objectContaining({ code: 'TOKEN_INVALID' }))
        },
      ),
    )
    expect(() => decodeJoinToken('wrale-join-'.padEnd(100_000, 'a'))).toThrow(
      expect.objectContaining({ code: 'TOKEN_INVALID' }),
    )
  })
})

describe('enrolment proofs', () => {
  it('fit one secret, one side and one conversation only', async () => {
    const joiner = (await generateIdentity()).id
    const station = (await generateIdentity()).id
    const transcript = {
      tokenId: new Uint8Array(8),
      joiner,
      station,
      joinerNonce: new Uint8Array(32),
      stationNonce: new Uint8Array(32).fill(1),
    }
    const secret = new Uint8Array(16).fill(7)
    const proof = enrolProof(secret, 'joiner', transcript)
    expect(sameProof(proof, enrolProof(secret, 'joiner', transcript))).toBe(true)
    const others = [
      enrolProof(secret, 'station', transcript),
      enrolProof(new Uint8Array(16).fill(8), 'joiner', transcript),
      enrolProof(secret, 'joiner', { ...transcript, joiner: station }),
      enrolProof(secret, 'joiner', { ...transcript, station: joiner }),
      enrolProof(secret, 'joiner', { ...transcript, stationNonce: new Uint8Array(32) }),
      enrolProof(secret, 'joiner', { ...transcript, joinerNonce: new Uint8Array(32).fill(2) }),
      enrolProof(secret, 'joiner', { ...transcript, tokenId: new Uint8Array(8).fill(1) }),
      new Uint8Array(0),
    ]
    expect(others.map((other) => sameProof(proof, other))).toEqual(others.map(() => false))
  })
})

describe('certificates', () => {
  it('are accepted for their member and fleet only', async () => {
    const member = await generateIdentity()
    const content = {
      fleet,
      fleetName: 'Harbour',
      subject: member.id,
      role: 'node' as const,
      name: 'roof-1',
      serial: new Uint8Array(16),
      notBefore: 0,
    }
    const { sealed } = await issueCertificate(content, root)
    expect(await verifyCertificate(sealed, { fleet, subject: member.id })).toMatchObject(content)
    const code = (expected: string) => expect.objectContaining({ code: expected })
    await expect(verifyCertificate(sealed, { fleet, subject: root.id })).rejects.toEqual(code('NOT_MEMBER'))
    await expect(
      verifyCertificate(sealed, { fleet: member.id as string as FleetId, subject: member.id }),
    ).rejects.toEqual(code('NOT_MEMBER'))
    const selfMade = await issueCertificate(content, member)
    await expect(verifyCertificate(selfMade.sealed, { fleet, subject: member.id })).rejects.toEqual(code('NOT_MEMBER'))
    const altered = Uint8Array.from(sealed)
    altered[60] = (altered[60] ?? 0) ^ 1
    await expect(verifyCertificate(altered, { fleet, subject: member.id })).rejects.toMatchObject({
      code: expect.stringMatching(/SIGNATURE_INVALID|FRAME_INVALID/),
    })
  })
})
