import { FleetError, silentLogger, systemClock } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { generateIdentity, type Identity } from '@wrale/protocol/signing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestMember, testMember } from '../testing/fleet.ts'
import { testFleet, type TestFleet } from '../testing/test-fleet.ts'
import type { EnrolmentDesk, Membership } from '../types.ts'
import { enrol } from './enrol.ts'

let fleet: TestFleet
let rotated: Array<readonly [PeerIdText, PeerIdText]>
const members: TestMember[] = []

beforeEach(async () => {
  fleet = await testFleet()
  rotated = []
})

afterEach(async () => {
  await Promise.all(members.splice(0).map(({ mesh }) => mesh.stop()))
})

async function station(desk: EnrolmentDesk['rotate']): Promise<TestMember> {
  const unknown = (): never => {
    throw new FleetError('TOKEN_INVALID', 'no such token')
  }
  const enrolment = { secretOf: unknown, grant: unknown, ...(desk === undefined ? {} : { rotate: desk }) }
  const made = await testMember(fleet, 'station', { role: 'station', enrolment })
  members.push(made)
  await made.mesh.start()
  return made
}

const give: EnrolmentDesk['rotate'] = async (old, successor) => {
  rotated.push([old.subject, successor])
  return (await fleet.admit(successor, old.role, old.name)).certificate
}

/** @param claimed key that the new one says it takes over from; by default the one whose certificate it shows */
async function rotate(at: TestMember, old: Identity, shown: Membership, claimed = old): Promise<Membership> {
  const identity = await generateIdentity()
  return enrol(
    { identity, logger: silentLogger, clock: systemClock },
    {
      token: { fleet: fleet.id, old: claimed, certificate: shown.certificate },
      name: 'roof-1',
      software: '0',
      listen: ['/ip4/127.0.0.1/tcp/0'],
      peers: at.mesh.addresses(),
      mdns: false,
      signal: AbortSignal.timeout(20_000),
    },
  )
}

test('a member gets a certificate for its new key, with its name', async () => {
  const at = await station(give)
  const old = await generateIdentity()
  const { certificate } = await rotate(at, old, await fleet.admit(old.id, 'node', 'roof-1'))
  expect(certificate).toMatchObject({ name: 'roof-1', role: 'node' })
  expect(rotated).toEqual([[old.id, certificate.subject]])
})

test('nobody gets the place of a member whose key it does not have', async () => {
  const at = await station(give)
  const [victim, thief] = [await generateIdentity(), await generateIdentity()]
  const shown = await fleet.admit(victim.id, 'node', 'roof-1')
  await expect(rotate(at, victim, shown, thief)).rejects.toMatchObject({ code: 'ENROL_REFUSED' })
  const elsewhere = await (await testFleet()).admit(victim.id, 'node', 'roof-1')
  await expect(rotate(at, victim, elsewhere)).rejects.toMatchObject({ code: 'NOT_MEMBER' })
  expect(rotated).toEqual([])
})

test('a station that gives no new keys says so', async () => {
  const old = await generateIdentity()
  const shown = await fleet.admit(old.id, 'node', 'roof-1')
  await expect(rotate(await station(undefined), old, shown)).rejects.toMatchObject({ code: 'ENROL_REFUSED' })
})
