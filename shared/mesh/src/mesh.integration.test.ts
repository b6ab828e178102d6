import { FleetError } from '@wrale/kernel'
import { generateIdentity } from '@wrale/protocol/signing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestMember, testMember, type TestMemberOptions, until } from './testing/fleet.ts'
import { fakeAgeMs } from './testing/replica-fake.ts'
import { testFleet, type TestFleet } from './testing/test-fleet.ts'

let fleet: TestFleet
const members: TestMember[] = []

async function member(name: string, options: TestMemberOptions = {}): Promise<TestMember> {
  const made = await testMember(fleet, name, options)
  members.push(made)
  await made.mesh.start()
  return made
}

async function linked({ mesh }: TestMember, count = 1): Promise<void> {
  await until(mesh.peerAdmitted, () => mesh.peers().length === count)
}

beforeEach(async () => {
  fleet = await testFleet()
})

afterEach(async () => {
  await Promise.all(members.splice(0).map(({ mesh }) => mesh.stop()))
})

test('two members admit each other and replicate both ways', async () => {
  const a = await member('a', { role: 'station' })
  a.replica.write('a/status/1')
  const b = await testMember(fleet, 'b', { peers: a.mesh.addresses() })
  b.replica.write('b/status/1')
  members.push(b)
  await b.mesh.start()
  await linked(b)
  await until(a.replica.changed, () => a.replica.has('b/status/1'))
  await until(b.replica.changed, () => b.replica.has('a/status/1'))
  expect(b.mesh.peers()[0]).toMatchObject({ id: a.mesh.id, name: 'a', role: 'station', software: '0.0.0-test' })
  expect(b.mesh.peers()[0]?.clockErrorMs).toBeLessThan(1000)
  expect(a.mesh.peers()[0]).toMatchObject({ id: b.mesh.id, name: 'b', role: 'node' })
})

test('a record written the moment a peer is admitted is there at once', async () => {
  const a = await member('a')
  a.mesh.peerAdmitted.subscribe(() => a.replica.write('a/greeting/1'))
  const b = await member('b', { peers: a.mesh.addresses() })
  await linked(b)
  const admittedMs = performance.now()
  await until(b.replica.changed, () => b.replica.has('a/greeting/1'))
  expect(performance.now() - admittedMs).toBeLessThan(1500)
})

test('three members that know one of them: what one writes, all get, and they are told of each other', async () => {
  const hub = await member('hub')
  const spokes = await Promise.all([
    member('a', { peers: hub.mesh.addresses() }),
    member('b', { peers: hub.mesh.addresses() }),
  ])
  await Promise.all(spokes.map((spoke) => linked(spoke)))
  await linked(hub, 2)
  const [a, b] = spokes
  a?.replica.write('a/news/1')
  await Promise.all([hub, b].map((one) => until(one.replica.changed, () => one.replica.has('a/news/1'))))
  await Promise.all([hub, ...spokes].map((one) => linked(one, 2)))
  expect(b?.mesh.peers().map(({ name }) => name)).toContain('a')
})

test('what a member wrote before it came reaches those who are not linked to it', async () => {
  const hub = await member('hub')
  hub.replica.write('hub/hello/1')
  // It pulls at its admission, and then only when it is told of news.
  const never = 3_600_000
  const single = { wantedLinks: 1, smallFleet: 0 }
  const tuning = { ...single, settleMs: never, syncIntervalMs: never }
  const early = await member('early', { peers: hub.mesh.addresses(), tuning })
  await until(early.replica.changed, () => early.replica.has('hub/hello/1'))
  const late = await testMember(fleet, 'late', { peers: hub.mesh.addresses(), tuning: single })
  for (let n = 0; n < 3; n++) late.replica.write(`late/${n}/1`)
  members.push(late)
  await late.mesh.start()
  const written = [0, 1, 2].map((n) => `late/${n}/1`)
  await until(early.replica.changed, () => written.every((text) => early.replica.has(text)))
  // It came with its age, not as if it had just been said.
  expect(early.replica.received.slice(1).map(({ text, from, ageMs }) => [text, from, ageMs])).toEqual(
    written.map((text) => [text, hub.mesh.id, fakeAgeMs]),
  )
})

test('a burst of records arrives whole', async () => {
  const a = await member('a')
  const b = await member('b', { peers: a.mesh.addresses() })
  await linked(b)
  for (let n = 0; n < 300; n++) a.replica.write(`a/${n}/1`)
  await until(b.replica.changed, () => Object.keys(b.replica.digest()).length === 300)
  expect(b.incidents).toEqual([])
})

test('thousands of records are pulled in frames', async () => {
  const a = await member('a')
  for (let n = 0; n < 3000; n++) a.replica.write(`a/${n}-${'x'.repeat(400)}/1`)
  const b = await member('b', { peers: a.mesh.addresses() })
  await until(b.replica.changed, () => Object.keys(b.replica.digest()).length === 3000)
  expect(b.replica.received.every(({ from }) => from === a.mesh.id)).toBe(true)
  expect(b.replica.received[0]?.ageMs).toBe(fakeAgeMs)
})

test('members that dial each other at once end up with one link', async () => {
  const ports = [41_871, 41_872]
  const [a, b] = await Promise.all(
    ports.map((port, index) =>
      testMember(fleet, `m${index}`, {
        listen: [`/ip4/127.0.0.1/tcp/${port}`],
        peers: [`/ip4/127.0.0.1/tcp/${ports[1 - index]}`],
      }),
    ),
  )
  members.push(a!, b!)
  let losses = 0
  for (const { mesh } of [a!, b!]) mesh.peerLost.subscribe(() => losses++)
  await Promise.all([a!.mesh.start(), b!.mesh.start()])
  await Promise.all([linked(a!), linked(b!)])
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect([a!.mesh.peers().length, b!.mesh.peers().length, losses]).toEqual([1, 1, 0])
  a!.replica.write('a/after/1')
  await until(b!.replica.changed, () => b!.replica.has('a/after/1'))
})

test('a member that restarts is lost, and linked again by itself', async () => {
  const a = await member('a')
  const listen = a.mesh.addresses()[0]!.split('/p2p/')[0]!
  const b = await member('b', { peers: [listen] })
  await linked(b)
  const lost = new Promise((resolve) => b.mesh.peerLost.subscribe(resolve))
  await a.mesh.stop()
  expect(await lost).toMatchObject({ id: a.mesh.id, name: 'a' })
  expect(b.mesh.peers()).toEqual([])
  const again = await member('a', { identity: a.identity, membership: a.membership, listen: [listen] })
  again.replica.write('a/back/1')
  await linked(b)
  await until(b.replica.changed, () => b.replica.has('a/back/1'))
  expect(b.incidents).toEqual([])
})

test('whoever was dialled dials back a peer that is lost', async () => {
  const a = await member('a')
  const b = await member('b', { peers: a.mesh.addresses() })
  await linked(a)
  // Learning where a peer listens takes a moment more.
  await new Promise((resolve) => setTimeout(resolve, 300))
  const listen = b.mesh.addresses()[0]!.split('/p2p/')[0]!
  await b.mesh.stop()
  await until(a.mesh.peerLost, () => a.mesh.peers().length === 0)
  // This time b knows nobody.
  await member('b', { identity: b.identity, membership: b.membership, listen: [listen] })
  await linked(a)
  expect(a.mesh.peers()[0]?.id).toBe(b.mesh.id)
})

test('a configured peer that is not up yet is linked when it comes', async () => {
  const address = '/ip4/127.0.0.1/tcp/41873'
  const early = await member('early', { peers: [address] })
  await new Promise((resolve) => setTimeout(resolve, 300))
  await member('late', { listen: [address] })
  await linked(early)
  expect(early.mesh.peers()[0]?.name).toBe('late')
})

test('members find each other by multicast', async () => {
  const [a, b] = await Promise.all([member('a', { mdns: true }), member('b', { mdns: true })])
  await Promise.all([linked(a), linked(b)])
  expect(a.mesh.peers()[0]?.id).toBe(b.mesh.id)
})

test('fleets on one network leave each other alone', async () => {
  const a: TestMember = await member('a', { mdns: true })
  fleet = await testFleet()
  const b: TestMember = await member('b', { mdns: true, peers: a.mesh.addresses() })
  await until(a.mesh.incidents, () => a.incidents.length > 0)
  expect(a.incidents).toMatchObject([{ peer: b.mesh.id, kind: 'hello-refused', code: 'NOT_MEMBER' }])
  await new Promise((resolve) => setTimeout(resolve, 1000))
  expect(a.incidents).toHaveLength(1)
  expect([...a.mesh.peers(), ...b.mesh.peers()]).toEqual([])
})

test('no more peers are admitted than there is room for', async () => {
  const full = await member('full', { tuning: { maxPeers: 1 } })
  await member('first', { peers: full.mesh.addresses() })
  await linked(full)
  const second = await member('second', { peers: full.mesh.addresses() })
  await until(full.mesh.incidents, () => full.incidents.length > 0)
  expect(full.incidents[0]).toMatchObject({ peer: second.mesh.id, code: 'RATE_LIMITED' })
  expect(full.mesh.peers().map(({ name }) => name)).toEqual(['first'])
})

test.each([
  [
    'a port in use',
    async (): Promise<string> => (await member('a')).mesh.addresses()[0]!.split('/p2p/')[0]!,
    'PORT_IN_USE',
  ],
  ['an address of another machine', async (): Promise<string> => '/ip4/203.0.113.9/tcp/0', 'ADDRESS_UNAVAILABLE'],
  ['a transport that is not there', async (): Promise<string> => '/ip4/127.0.0.1/udp/0/quic-v1', 'ADDRESS_UNAVAILABLE'],
] as const)('cannot listen on %s, says so, and leaves nothing behind', async (_case, addressOf, code) => {
  const made = await testMember(fleet, 'x', { listen: [await addressOf()] })
  await expect(made.mesh.start()).rejects.toMatchObject({ code })
  expect(made.mesh.addresses()).toEqual([])
  await made.mesh.stop()
})

test('a text that is no address is refused before anything starts', async () => {
  await expect(testMember(fleet, 'x', { peers: ['somewhere'] })).rejects.toThrow(FleetError)
})

test('starting and stopping twice is harmless, and a stopped member can start again', async () => {
  const a = await member('a', { mdns: true })
  await a.mesh.start()
  await a.mesh.stop()
  await a.mesh.stop()
  await a.mesh.start()
  const b = await member('b', { peers: a.mesh.addresses() })
  await linked(b)
  expect(b.mesh.peers()[0]?.id).toBe(a.mesh.id)
})

test('nothing is left when a member stops', async () => {
  const identity = await generateIdentity()
  const a = await member('a', { identity, mdns: true })
  const b = await member('b', { peers: a.mesh.addresses(), mdns: true })
  await linked(b)
  expect(handles()).not.toEqual([])
  await Promise.all([a, b].map(({ mesh }) => mesh.stop()))
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(handles()).toEqual([])
})

/** Sockets and servers that Node holds. Timers are told apart: libraries leave short ones that hold nothing. */
function handles(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((kind) => kind.includes('Wrap') && !kind.startsWith('Pipe'))
    .toSorted()
}
