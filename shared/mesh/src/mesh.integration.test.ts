import { afterEach, expect, test } from 'vitest'
import { testFleet, type TestMember, testMember, until } from './testing/fleet.ts'

const started: TestMember[] = []

async function start(...members: TestMember[]): Promise<void> {
  started.push(...members)
  for (const { mesh } of members) await mesh.start()
}

afterEach(async () => {
  await Promise.all(started.splice(0).map(({ mesh }) => mesh.stop()))
})

test('two members admit each other and replicate both ways', async () => {
  const fleet = await testFleet()
  const a = await testMember(fleet, 'a', { role: 'station' })
  a.replica.write('a/status/1')
  await start(a)
  const b = await testMember(fleet, 'b', { peers: a.mesh.addresses() })
  b.replica.write('b/status/1')
  await start(b)
  await until(b.mesh.peerAdmitted, () => b.mesh.peers().length === 1)
  await until(a.replica.changed, () => a.replica.has('b/status/1'))
  await until(b.replica.changed, () => b.replica.has('a/status/1'))
  expect(b.mesh.peers()[0]).toMatchObject({ id: a.mesh.id, name: 'a', role: 'station', software: '0.0.0-test' })
  const wroteAtMs = performance.now()
  a.replica.write('a/status/2')
  await until(b.replica.changed, () => b.replica.has('a/status/2'))
  expect(performance.now() - wroteAtMs).toBeLessThan(500)
})
