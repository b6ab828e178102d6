import fc from 'fast-check'
import { FleetError } from '@wrale/kernel'
import { beforeAll, describe, expect, it } from 'vitest'
import type { FleetId, MemberRole, PeerIdText } from '../ids.ts'
import { adminGrant, type CertificateContent, certificateContentSchema } from '../membership/certificate.ts'
import { type Certificate, isAdmin, issueCertificate, verifyCertificate } from './certificates.ts'
import { seal } from './envelope.ts'
import { generateIdentity, type Identity } from './keys.ts'

let root: Identity
let station: Identity
let member: Identity
let fleet: FleetId
let stationCertificate: Certificate

/** What a forger does who keeps to none of the rules of `issueCertificate`. */
const forge = (made: CertificateContent, signer: Identity): Promise<Uint8Array> =>
  seal({ domain: 'wrale-certificate/1', schema: certificateContentSchema, maxBytes: 100_000 }, made, signer)

function content(subject: PeerIdText, role: MemberRole, more: Partial<CertificateContent> = {}): CertificateContent {
  const base = { fleet, fleetName: 'Test', subject, role, name: 'x', serial: new Uint8Array(16), notBefore: 1000 }
  return { ...base, ...more }
}

const verify = (sealed: Uint8Array, nowMs?: number): Promise<Certificate> =>
  verifyCertificate(sealed, { fleet, subject: member.id, nowMs })

beforeAll(async () => {
  ;[root, station, member] = await Promise.all([generateIdentity(), generateIdentity(), generateIdentity()])
  fleet = root.id as string as FleetId
  stationCertificate = await issueCertificate(content(station.id, 'station', { grants: [adminGrant] }), root)
})

describe('a certificate that a station signed', () => {
  it('is good when the root key gave the station the right to', async () => {
    const { sealed } = await issueCertificate(content(member.id, 'node'), station, stationCertificate)
    const certificate = await verify(sealed)
    expect(certificate).toMatchObject({ subject: member.id, role: 'node', issuedBy: station.id })
    expect(isAdmin(certificate)).toBe(false)
    expect(isAdmin(stationCertificate)).toBe(true)
    expect(stationCertificate.issuedBy).toBeNull()
  })

  it('may make another station, but not one that signs', async () => {
    const { sealed } = await issueCertificate(content(member.id, 'station'), station, stationCertificate)
    expect(await verify(sealed)).toMatchObject({ role: 'station', issuedBy: station.id })
    const admin = content(member.id, 'station', { grants: [adminGrant] })
    await expect(issueCertificate(admin, station, stationCertificate)).rejects.toMatchObject({ code: 'NOT_MEMBER' })
    const forged = await forge({ ...admin, issuer: stationCertificate.sealed }, station)
    await expect(verify(forged)).rejects.toMatchObject({ code: 'NOT_MEMBER' })
  })

  it('fits with the longest names that there are', async () => {
    const longest = { fleetName: '\u{1F600}'.repeat(32), name: 'n'.repeat(63), notAfter: 2 ** 45, grants: [adminGrant] }
    const issuer = await issueCertificate(content(station.id, 'station', longest), root)
    const { grants: _grants, ...names } = longest
    const { sealed } = await issueCertificate(content(member.id, 'station', names), station, issuer)
    expect(sealed.byteLength).toBeLessThanOrEqual(2048)
    expect(await verify(sealed)).toMatchObject(names)
  })

  it('ends with its issuer’s, when there is a time to judge by', async () => {
    const ending = content(station.id, 'station', { grants: [adminGrant], notAfter: 5000 })
    const issuer = await issueCertificate(ending, root)
    const { sealed } = await issueCertificate(content(member.id, 'node', { notAfter: 9000 }), station, issuer)
    expect(await verify(sealed)).toMatchObject({ expiresAtMs: 5000 })
    expect(await verify(sealed, 5000)).toMatchObject({ expiresAtMs: 5000 })
    await expect(verify(sealed, 5001)).rejects.toMatchObject({ code: 'NOT_MEMBER', message: /expired/ })
  })
})

describe('no certificate is good', () => {
  it('that anybody else signed, whatever it says and carries', async () => {
    const others = await Promise.all(Array.from({ length: 3 }, () => generateIdentity()))
    const otherRoot = others[0] as Identity
    const elsewhere = otherRoot.id as string as FleetId
    const foreign = { ...content(station.id, 'station', { grants: [adminGrant] }), fleet: elsewhere }
    const chained = await issueCertificate(content(member.id, 'station'), station, stationCertificate)
    const issuers = [
      undefined,
      stationCertificate.sealed,
      chained.sealed,
      await forge(content(station.id, 'station'), root),
      await forge(content(station.id, 'node', { grants: [adminGrant] }), root),
      await forge(content(station.id, 'station', { grants: [adminGrant] }), station),
      await forge(content(station.id, 'station', { grants: [adminGrant] }), otherRoot),
      await forge(foreign, otherRoot),
      await forge(foreign, root),
      new Uint8Array([1, 2, 3]),
    ]
    const signers = [root, station, member, ...others]
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...signers),
        fc.constantFrom(...issuers),
        fc.constantFrom<MemberRole>('node', 'station'),
        fc.constantFrom<string[] | undefined>(undefined, [], [adminGrant], ['else']),
        async (signer, issuer, role, grants) => {
          const made = content(member.id, role, {
            ...(issuer === undefined ? {} : { issuer }),
            ...(grants === undefined ? {} : { grants }),
          })
          const allowed =
            issuer === undefined
              ? signer === root
              : issuer === stationCertificate.sealed && signer === station && grants?.includes(adminGrant) !== true
          const outcome = await verify(await forge(made, signer)).then(
            () => 'good',
            (error: unknown) => (error instanceof FleetError ? 'refused' : error),
          )
          expect(outcome).toBe(allowed ? 'good' : 'refused')
        },
      ),
      { numRuns: 300 },
    )
  })

  it('once any byte of it is changed', async () => {
    const { sealed } = await issueCertificate(content(member.id, 'node'), station, stationCertificate)
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const altered = Uint8Array.from(sealed)
        altered[at] = (altered[at] ?? 0) ^ mask
        await expect(verify(altered)).rejects.toBeInstanceOf(FleetError)
      }),
    )
  })

  it('with a chain longer than root key, station, member', async () => {
    const second = await generateIdentity()
    const deep = await forge(
      content(second.id, 'station', { grants: [adminGrant], issuer: stationCertificate.sealed }),
      station,
    )
    const sealed = await forge(content(member.id, 'node', { issuer: deep.subarray(0, 1024) }), second)
    await expect(verify(sealed)).rejects.toBeInstanceOf(FleetError)
    const small = await forge(content(second.id, 'station', { grants: [adminGrant] }), station)
    const middle = await forge(content(member.id, 'node', { issuer: small }), second)
    await expect(verify(middle)).rejects.toMatchObject({ code: 'NOT_MEMBER' })
  })
})
