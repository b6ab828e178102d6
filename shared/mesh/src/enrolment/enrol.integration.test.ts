import { FleetError, silentLogger, systemClock } from '@wrale/kernel'
import type { JoinToken } from '@wrale/protocol/membership'
import { generateIdentity } from '@wrale/protocol/signing'
import { afterEach, expect, test } from 'vitest'
import { testFleet, type TestFleet, type TestMember, testMember } from '../testing/fleet.ts'
import type { EnrolmentDesk } from '../types.ts'
import { enrol } from './enrol.ts'

const started: TestMember[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map(({ mesh }) => mesh.stop()))
})

function tokenOf(fleet: TestFleet): JoinToken {
  return { fleet: fleet.id, id: new Uint8Array(8).fill(1), secret: new Uint8Array(16).fill(2), expiresAtSeconds: 0 }
}

async function station(fleet: TestFleet, desk: Partial<EnrolmentDesk> = {}): Promise<TestMember> {
  const enrolment: EnrolmentDesk = {
    secretOf: async () => tokenOf(fleet).secret,
    grant: async (_token, { id, name }) => (await fleet.admit(id, 'node', name)).certificate,
    ...desk,
  }
  const member = await testMember(fleet, 'station', { role: 'station', enrolment, mdns: true })
  started.push(member)
  await member.mesh.start()
  return member
}

async function join(token: JoinToken, options: { peers?: readonly string[]; mdns?: boolean; limitMs?: number } = {}) {
  const identity = await generateIdentity()
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(new FleetError('TIMEOUT', 'limit')), options.limitMs ?? 15_000)
  const { peers = [], mdns = false } = options
  try {
    const membership = await enrol(
      { identity, logger: silentLogger, clock: systemClock },
      { token, name: 'pi-1', software: '0', listen: ['/ip4/127.0.0.1/tcp/0'], peers, mdns, signal: controller.signal },
    )
    return { identity, membership }
  } finally {
    clearTimeout(timer)
  }
}

test('a machine with the token becomes a member and is admitted', async () => {
  const fleet = await testFleet()
  const { mesh } = await station(fleet)
  const { identity, membership } = await join(tokenOf(fleet), { peers: mesh.addresses() })
  expect(membership).toMatchObject({
    fleet: fleet.id,
    certificate: { subject: identity.id, name: 'pi-1', role: 'node' },
  })
  const member = await testMember(fleet, 'pi-1', { identity, membership, peers: mesh.addresses() })
  started.push(member)
  const admitted = new Promise((resolve) => mesh.peerAdmitted.subscribe(resolve))
  await member.mesh.start()
  expect(await admitted).toMatchObject({ id: identity.id, name: 'pi-1' })
})

test('a station is found by multicast', async () => {
  const fleet = await testFleet()
  await station(fleet)
  const { membership } = await join(tokenOf(fleet), { mdns: true })
  expect(membership.fleet).toBe(fleet.id)
})
