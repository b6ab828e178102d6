import fc from 'fast-check'
import { silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import type { PeerIdText } from '@wrale/protocol'
import { adminGrant, certificateField, keptFields, memberObject } from '@wrale/protocol/membership'
import { type Certificate, generateIdentity, type Identity, issueCertificate } from '@wrale/protocol/signing'
import { beforeEach, describe, expect, it } from 'vitest'
import { MemberDirectory } from './member-directory.ts'
import { Replica } from './replica.ts'
import { memoryStorage } from './storage/memory.ts'
import { eventBody, inventoryBody, pull, TestFleet, type TestMember } from './testing/fleet.ts'

let fleet: TestFleet
let station: TestMember
let issuer: Identity
let issuerCertificate: Certificate

/** A member that knows nobody but itself: others it must learn of from records. */
async function stranger(certificate: Certificate, identity: Identity, storage = memoryStorage()): Promise<TestMember> {
  const directory = new MemberDirectory(fleet.id)
  await directory.admit(certificate.sealed, identity.id)
  const clock = new VirtualClock()
  const replica = new Replica({ identity, clock, storage, directory, logger: silentLogger })
  await replica.open()
  await replica.write('inventory', inventoryBody(certificate.name, certificate))
  return { identity, certificate, directory, storage, clock, replica }
}

async function rootSigned(name: string): Promise<TestMember> {
  const identity = await generateIdentity()
  return stranger(await fleet.certify(identity.id, name), identity)
}

function signedByIssuer(subject: PeerIdText, name: string): Promise<Certificate> {
  const serial = new Uint8Array(16)
  const content = { fleet: fleet.id, fleetName: 'Test fleet', subject, role: 'node' as const, name, serial }
  return issueCertificate({ ...content, notBefore: 0 }, issuer, issuerCertificate)
}

async function chained(name: string): Promise<TestMember> {
  const identity = await generateIdentity()
  return stranger(await signedByIssuer(identity.id, name), identity)
}

async function exchange(...members: TestMember[]): Promise<void> {
  for (const to of members) for (const from of members) if (to !== from) await pull(to, from)
}

beforeEach(async () => {
  fleet = await TestFleet.create()
  const identity = await generateIdentity()
  station = await stranger(await fleet.certify(identity.id, 'desk', 'station'), identity)
  issuer = await generateIdentity()
  const content = {
    fleet: fleet.id,
    fleetName: 'Test fleet',
    subject: issuer.id,
    role: 'station' as const,
    name: 'van',
  }
  issuerCertificate = await issueCertificate(
    { ...content, serial: new Uint8Array(16), notBefore: 0, grants: [adminGrant] },
    fleet.root,
  )
})

describe('a member that was put out', () => {
  it('is known by the word that put it out, to newcomers and after a restart', async () => {
    const node = await rootSigned('roof-1')
    await node.replica.write('event', eventBody('before'))
    await pull(station, node)
    const seq = station.replica.latest(node.identity.id, 'event')?.record.seq ?? 0
    const certificate = certificateField(node.certificate.sealed)
    await station.replica.setFields(memberObject(node.identity.id), { revokedAfter: seq, certificate })
    await node.replica.write('event', eventBody('after'))

    const newcomer = await rootSigned('gate-1')
    await exchange(newcomer, station)
    await pull(newcomer, node)
    const events = (replica: Replica): string[] =>
      [...replica.entries('event')].map(({ record }) => (record.kind === 'event' ? record.body.message : ''))
    expect(events(newcomer.replica)).toEqual(['before'])
    expect(newcomer.replica.isOut(node.identity.id)).toBe(true)
    await pull(station, newcomer)
    expect(newcomer.replica.digest()).toEqual(station.replica.digest())

    await newcomer.replica.close()
    const again = await stranger(newcomer.certificate, newcomer.identity, newcomer.storage)
    expect(events(again.replica)).toEqual(['before'])
    expect(again.replica.isOut(node.identity.id)).toBe(true)
  })
})

describe('what a station signed that was put out', () => {
  it('stays where the revocation says so, and is void otherwise, however the records come', async () => {
    const van = await stranger(issuerCertificate, issuer)
    const kept = await chained('kept')
    const unknown = await chained('unknown')
    await exchange(van, kept, unknown, station)
    expect(station.replica.isOut(unknown.identity.id)).toBe(false)
    const object = memberObject(issuer.id)
    const said = [
      ...(await Promise.all(keptFields([kept.identity.id]).map((set) => station.replica.setFields(object, set)))),
      await station.replica.setFields(object, {
        revokedAfter: 1000,
        certificate: certificateField(issuerCertificate.sealed),
      }),
    ]
    const late = await chained('late')
    const replicas = [...van.replica.entries(), ...kept.replica.entries(), ...unknown.replica.entries()]
    const all = [
      ...new Map(
        [...replicas, ...late.replica.entries(), ...station.replica.entries()].map(({ record }) => [
          `${record.author}/${record.seq}`,
          record,
        ]),
      ).values(),
      ...said,
    ]
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(all, { minLength: all.length }), async (order) => {
        const observer = await rootSigned('observer')
        const receive = async (): Promise<void> => {
          for (const { sealed } of order)
            await observer.replica.receive(sealed, { from: station.identity.id, ageMs: 0 })
        }
        // What is deferred is asked for again.
        for (let round = 0; round < 4; round++) await receive()
        const held = new Set([...observer.replica.entries()].map(({ record }) => record.author))
        expect(held.has(kept.identity.id)).toBe(true)
        expect(held.has(unknown.identity.id)).toBe(false)
        expect(held.has(late.identity.id)).toBe(false)
        expect(observer.replica.isOut(late.identity.id)).toBe(true)
        await observer.replica.close()
      }),
      { numRuns: 20 },
    )
  })

  it('becomes good again with a certificate of somebody else, which the void one does not push out', async () => {
    const directory = new MemberDirectory(fleet.id)
    const node = await generateIdentity()
    const void1 = await signedByIssuer(node.id, 'roof-1')
    await directory.admit(void1.sealed, node.id)
    directory.putOutIssuer(issuer.id, new Set())
    expect(directory.isVoid(void1)).toBe(true)
    const good = await fleet.certify(node.id, 'roof-1')
    await directory.admit(good.sealed, node.id)
    await directory.admit(void1.sealed, node.id)
    expect(directory.get(node.id)).toEqual(good)
  })
})
