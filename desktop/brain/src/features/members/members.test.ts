import { silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import type { FleetId, MemberRole, PeerIdText } from '@wrale/protocol'
import { memberSchema, type Session } from '@wrale/protocol/api'
import { adminGrant } from '@wrale/protocol/membership'
import { type Certificate, generateIdentity, type Identity, issueCertificate } from '@wrale/protocol/signing'
import { MemberDirectory, memoryStorage, Replica } from '@wrale/replica'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ObjectBook } from '../objects/object-book.ts'
import type { Deed } from '../event-log/audit.ts'
import { KeyRotation } from './key-rotation.ts'
import { Members } from './members.ts'
import { moveNotes } from './move-notes.ts'

const session: Session = { kind: 'local', since: '2026-01-01T00:00:00.000Z', expiresAt: null }
let root: Identity
let fleet: FleetId
let self: Identity
let directory: MemberDirectory
let replica: Replica
let book: ObjectBook
let members: Members
let deeds: Deed[]
let nowMs: number

interface Extra {
  readonly grants?: string[]
  readonly notAfter?: number
}

async function certify(
  subject: PeerIdText,
  name: string,
  role: MemberRole = 'node',
  extra: Extra = {},
  by?: { key: Identity; certificate: Certificate },
): Promise<Certificate> {
  const content = { fleet, fleetName: 'Test', subject, role, name, serial: new Uint8Array(16), notBefore: 0, ...extra }
  const certificate = await issueCertificate(content, by?.key ?? root, by?.certificate)
  return directory.admit(certificate.sealed, subject)
}
const newNode = async (name: string, extra: Extra = {}): Promise<PeerIdText> => {
  const { id } = await generateIdentity()
  await certify(id, name, 'node', extra)
  return id
}

beforeEach(async () => {
  root = await generateIdentity()
  fleet = root.id as string as FleetId
  self = await generateIdentity()
  directory = new MemberDirectory(fleet)
  await certify(self.id, 'desk', 'station', { grants: [adminGrant] })
  replica = new Replica({
    identity: self,
    clock: new VirtualClock(),
    storage: memoryStorage(),
    directory,
    logger: silentLogger,
  })
  await replica.open()
  book = new ObjectBook(replica)
  await book.start()
  deeds = []
  nowMs = 1000
  members = new Members({
    self: self.id,
    records: replica,
    directory,
    lastSeenMs: (id) => (id === self.id ? 5 : undefined),
    clonedAt: () => [],
    nowMs: () => nowMs,
    moveNotes: (from, to) => moveNotes(book, from, to),
    audit: { record: (deed) => void deeds.push(deed) },
  })
})

afterEach(async () => {
  await book.stop()
  await replica.close()
})

describe('Members', () => {
  it('lists who belongs to the fleet as the contract says, and whose certificate ran out', async () => {
    await newNode('roof-1', { notAfter: 500 })
    await newNode('gate-1')
    expect(members.list().map(({ name, state, admin, self: own }) => [name, state, admin, own])).toEqual([
      ['desk', 'active', true, true],
      ['gate-1', 'active', false, false],
      ['roof-1', 'expired', false, false],
    ])
    for (const member of members.list()) expect(memberSchema.parse(member)).toEqual(member)
  })

  it('puts a member out once, for good, and never itself', async () => {
    const id = await newNode('roof-1')
    expect(await members.revoke({ id, reason: 'stolen' }, session)).toMatchObject({
      state: 'revoked',
      reason: 'stolen',
      revokedBy: { id: self.id, name: 'desk' },
    })
    expect(replica.isOut(id)).toBe(true)
    expect(await members.revoke({ id, reason: 'again' }, session)).toMatchObject({ reason: 'stolen' })
    expect(deeds.map(({ kind, severity }) => [kind, severity])).toEqual([['member-revoked', 'warning']])
    await expect(members.revoke({ id: self.id }, session)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(members.revoke({ id: root.id }, session)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('keeps those whom a station signed and who are known, and no others', async () => {
    const van = await generateIdentity()
    const by = { key: van, certificate: await certify(van.id, 'van', 'station', { grants: [adminGrant] }) }
    const known = (await generateIdentity()).id
    await certify(known, 'roof-1', 'node', {}, by)
    await members.revoke({ id: van.id }, session)
    const late = (await generateIdentity()).id
    await certify(late, 'late', 'node', {}, by)
    expect(members.get(known)).toMatchObject({ state: 'active', issuedBy: { name: 'van' } })
    expect(members.get(late)).toMatchObject({
      state: 'revoked',
      reason: 'the station van, which signed its certificate, was put out',
    })
  })

  it('gives the place of one member to another, with what was said of it', async () => {
    const [old, next] = [await newNode('roof-1'), await newNode('roof-2')]
    await book.set({ type: 'node', id: old }, { 'label/env': 'prod', note: 'above the stairs' })
    await book.set({ type: 'group', id: 'roofs' }, { [`node/${old}`]: true })
    expect(await members.replace({ id: old, by: next }, session)).toMatchObject({
      state: 'replaced',
      replacedBy: { id: next, name: 'roof-2' },
    })
    const said = book.fields({ type: 'node', id: next })
    expect([said.get('label/env')?.winner.value, said.get('note')?.winner.value]).toEqual(['prod', 'above the stairs'])
    const group = book.fields({ type: 'group', id: 'roofs' })
    expect([group.get(`node/${next}`)?.winner.value, group.get(`node/${old}`)?.winner.value]).toEqual([true, null])
    expect(await members.replace({ id: old, by: next }, session)).toMatchObject({ state: 'replaced' })
    expect(deeds).toHaveLength(1)
  })

  it('gives no place to who cannot have it', async () => {
    const [old, out] = [await newNode('roof-1'), await newNode('roof-2')]
    await members.revoke({ id: out }, session)
    for (const by of [old, out, self.id])
      await expect(members.replace({ id: old, by }, session)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(members.get(old).state).toBe('active')
  })
})

describe('KeyRotation', () => {
  const rotation = (): KeyRotation =>
    new KeyRotation({
      fleet: { certify: ({ subject, name }) => certify(subject, name) },
      records: replica,
      directory,
      members,
      granted: async () => undefined,
      write: (event) => replica.write('event', event),
      logger: silentLogger,
    })

  it('gives a new key the place of the old one, and the same certificate when asked again', async () => {
    const old = await newNode('roof-1')
    const oldCertificate = directory.get(old)!
    const successor = (await generateIdentity()).id
    const certificate = await rotation().rotate(oldCertificate, successor)
    expect(certificate).toMatchObject({ subject: successor, name: 'roof-1' })
    expect(members.get(old)).toMatchObject({ state: 'replaced', replacedBy: { id: successor } })
    expect(await rotation().rotate(oldCertificate, successor)).toEqual(certificate)
    const thief = (await generateIdentity()).id
    await expect(rotation().rotate(oldCertificate, thief)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('does nothing for stations and for who was put out', async () => {
    const out = await newNode('roof-1')
    await members.revoke({ id: out }, session)
    const successor = (await generateIdentity()).id
    for (const old of [directory.get(out)!, directory.get(self.id)!])
      await expect(rotation().rotate(old, successor)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})
