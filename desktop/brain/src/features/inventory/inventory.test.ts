import { Emitter, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { type PeerIdText, shortIdOf } from '@wrale/protocol'
import { nodeDetailSchema, nodeSchema } from '@wrale/protocol/api'
import type { Certificate } from '@wrale/protocol/signing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeMesh } from '../../testing/fake-mesh.ts'
import { FakeRecords } from '../../testing/fake-records.ts'
import { idOf } from '../../testing/ids.ts'
import { Inventory } from './inventory.ts'
import { LinkGraph } from './link-graph.ts'
import type { RememberedState, StateMemory } from './state-memory.ts'

const self = { id: idOf(1), name: 'desk', role: 'station' } as const
const roof = idOf(2)
const gate = idOf(3)

describe('Inventory', () => {
  let clock: VirtualClock
  let records: FakeRecords
  let mesh: FakeMesh
  let link: { isolated: boolean }
  let memory: Map<PeerIdText, RememberedState>
  let members: Certificate[]
  let graph: LinkGraph
  let inventory: Inventory
  let changes: PeerIdText[][]
  let cloneFound: Emitter<PeerIdText>
  let clonedAt: Map<PeerIdText, string[]>

  const stateOf = (id: PeerIdText) => inventory.node(id)?.state
  const open = async (): Promise<void> => {
    const stateMemory: StateMemory = {
      recall: (id) => memory.get(id),
      remember: (id, state, sinceWallMs) => void memory.set(id, { state, sinceWallMs }),
    }
    const directory = {
      get: (id: PeerIdText) => members.find(({ subject }) => subject === id),
      list: () => members,
      resolve: (short: Uint8Array) =>
        members.find(({ subject }) => Buffer.compare(shortIdOf(subject), short) === 0)?.subject,
    }
    graph = new LinkGraph({ self: self.id, records, mesh, members: directory, clock })
    await graph.start()
    inventory = new Inventory({
      self,
      records,
      mesh,
      graph,
      members: directory,
      clones: { changed: cloneFound, clonedAt: (id) => clonedAt.get(id) ?? [] },
      link,
      memory: stateMemory,
      clock,
      logger: silentLogger,
    })
    changes = []
    inventory.changed.subscribe((ids) => changes.push([...ids]))
    await inventory.start()
  }
  const certify = (id: PeerIdText, name: string, role: 'node' | 'station' = 'node'): void => {
    members.push({ subject: id, name, role } as Certificate)
  }

  beforeEach(async () => {
    clock = new VirtualClock()
    records = new FakeRecords(clock)
    mesh = new FakeMesh()
    link = { isolated: false }
    memory = new Map()
    cloneFound = new Emitter()
    clonedAt = new Map()
    members = []
    certify(self.id, self.name, 'station')
    certify(roof, 'roof-1')
    certify(gate, 'gate-1')
    await open()
    await clock.advance(6000)
  })

  afterEach(async () => {
    await inventory.stop()
    await graph.stop()
  })

  it('fails a node whose key is in two places, and says where', () => {
    mesh.link(roof, 'roof-1')
    records.say(roof, { state: 'ok' })
    expect(stateOf(roof)).toBe('ok')
    clonedAt.set(roof, ['/ip4/192.0.2.1/tcp/1', '/ip4/192.0.2.2/tcp/1'])
    cloneFound.emit(roof)
    expect(inventory.node(roof)).toMatchObject({
      state: 'fail',
      reasons: [{ code: 'cloned-identity', message: expect.stringMatching(/192\.0\.2\.1.*192\.0\.2\.2/) as string }],
    })
    expect(nodeSchema.safeParse(inventory.node(roof)).success).toBe(true)
  })

  it('leaves out who was put out, and says so', () => {
    records.say(roof)
    changes.length = 0
    records.putOut(roof, self.id)
    expect(inventory.nodes().map(({ id }) => id)).toEqual([gate])
    expect(inventory.counts()).toMatchObject({ ok: 0, unknown: 1 })
    expect(changes.flat()).toContain(roof)
    records.say(roof)
    inventory.noteMember(roof)
    expect(inventory.node(roof)).toBeUndefined()
  })

  it('lists a member that was never heard as unknown, and no station', () => {
    expect(inventory.nodes().map(({ name, state, lastSeen }) => ({ name, state, lastSeen }))).toEqual([
      { name: 'roof-1', state: 'unknown', lastSeen: null },
      { name: 'gate-1', state: 'unknown', lastSeen: null },
    ])
    expect(inventory.nodes()[0]?.reasons).toMatchObject([{ code: 'never-heard' }])
  })

  it('shows what a node says of itself, its own reasons the worst first', () => {
    records.say(roof, {
      state: 'fail',
      readings: { temperatureCelsius: 81 },
      powerSource: 'battery',
      reasons: [
        { aspect: 'power', state: 'warn', code: 'on-battery', message: 'It runs on battery.' },
        { aspect: 'thermal', state: 'fail', code: 'too-hot', message: 'It has 81 °C.' },
      ],
    })
    records.describe(roof, { name: 'roof-1' })
    const node = inventory.node(roof)
    expect(nodeSchema.parse(node)).toMatchObject({
      state: 'fail',
      readings: { temperatureCelsius: 81 },
      powerSource: 'battery',
      simulated: true,
      model: 'Test board',
      intervalMs: 5000,
      lastSeen: new Date(clock.wallMs()).toISOString(),
    })
    expect(node?.reasons.map(({ code }) => code)).toEqual(['too-hot', 'on-battery'])
    expect(changes.at(-1)).toEqual([roof])
  })

  it('shows two nodes of one name apart', () => {
    records.describe(roof, { name: 'twin' })
    records.describe(gate, { name: 'twin' })
    expect(inventory.nodes().map(({ name, id }) => [name, id])).toEqual([
      ['twin', roof],
      ['twin', gate],
    ])
  })

  it('shows a node whose last link closed as lost a second later, long before its word ends, with who saw it last', async () => {
    mesh.link(roof, 'roof-1')
    records.say(roof, { intervalMs: 300_000 })
    await clock.advance(2000)
    mesh.unlink(roof)
    const heardAt = new Date(clock.wallMs()).toISOString()
    await clock.advance(500)
    expect(stateOf(roof)).toBe('ok')
    await clock.advance(1000)
    const node = inventory.node(roof)
    expect(node).toMatchObject({
      state: 'lost',
      lastSeen: heardAt,
      seenBy: [{ id: self.id, name: 'desk', linked: false }],
    })
    expect(node?.reasons[0]?.message).toMatch(
      /^No member has a link to it; desk saw it last, at 2026-01-01 00:00:\d\d UTC\.$/,
    )
    expect(changes.flat()).toContain(roof)
  })

  it('believes a witness that it reaches, as long as it reaches it', async () => {
    mesh.link(roof, 'roof-1')
    mesh.link(gate, 'gate-1')
    records.say(roof, { intervalMs: 60_000 })
    records.links(gate, [roof], { rttMs: 2 })
    mesh.unlink(roof)
    await clock.advance(30_000)
    expect(inventory.node(roof)).toMatchObject({ state: 'ok' })
    expect(inventory.node(roof)?.seenBy[0]).toMatchObject({ id: gate, name: 'gate-1', linked: true, rttMs: 2 })
    records.links(gate, [])
    await clock.advance(1500)
    expect(stateOf(roof)).toBe('lost')
    records.links(gate, [roof])
    expect(stateOf(roof)).toBe('ok')
    mesh.unlink(gate)
    await clock.advance(1500)
    expect(stateOf(roof)).toBe('lost')
    expect(inventory.node(roof)?.seenBy.every(({ linked }) => !linked)).toBe(true)
  })

  it('shows an overdue node to which someone has a link as stale', async () => {
    records.say(roof)
    mesh.link(gate, 'gate-1')
    records.links(gate, [roof])
    await clock.advance(12_000)
    const node = inventory.node(roof)
    expect(node?.state).toBe('stale')
    expect(node?.reasons[0]).toMatchObject({
      code: 'status-overdue',
      message: expect.stringContaining('gate-1 still has a link'),
    })
  })

  it('blames no node while the station is isolated, says so, and shows no word of a node to which no way leads', async () => {
    mesh.link(roof, 'roof-1')
    records.say(roof, { intervalMs: 300_000 })
    link.isolated = true
    await clock.advance(60_000)
    expect(stateOf(roof)).toBe('ok')
    mesh.unlink(roof)
    await clock.advance(1500)
    expect(inventory.node(roof)).toMatchObject({ state: 'stale', reasons: [{ code: 'station-isolated' }] })
    mesh.link(roof, 'roof-1')
    expect(stateOf(roof)).toBe('ok')
  })

  it('shows a node that comes back at once, with a new time for its state', async () => {
    mesh.link(roof, 'roof-1')
    records.say(roof)
    mesh.unlink(roof)
    await clock.advance(20_000)
    expect(stateOf(roof)).toBe('lost')
    mesh.link(roof, 'roof-1')
    records.say(roof)
    expect(inventory.node(roof)).toMatchObject({ state: 'ok', stateSince: new Date(clock.wallMs()).toISOString() })
  })

  it('keeps the time of a state that a restart of the station finds again', async () => {
    records.say(roof)
    await clock.advance(60_000)
    const { stateSince, lastSeen } = inventory.node(roof) ?? {}
    expect(stateOf(roof)).toBe('lost')
    await inventory.stop()
    await graph.stop()
    await clock.advance(600_000)
    await open()
    expect(stateOf(roof)).toBe('stale')
    await clock.advance(6000)
    expect(inventory.node(roof)).toMatchObject({ state: 'lost', stateSince, lastSeen })
  })

  it('tells of changes only, and of nothing while nothing changes', async () => {
    mesh.link(roof, 'roof-1')
    records.say(roof, { intervalMs: 60_000 })
    mesh.link(gate, 'gate-1')
    records.say(gate, { intervalMs: 60_000 })
    records.links(gate, [roof])
    changes.length = 0
    records.links(gate, [roof])
    await clock.advance(10_000)
    expect(changes).toEqual([])
    records.links(gate, [roof], { rttMs: 9 })
    expect(changes).toEqual([[roof]])
  })

  it('counts nodes by state', () => {
    records.say(roof, { state: 'warn' })
    expect(inventory.counts()).toEqual({ ok: 0, warn: 1, fail: 0, stale: 0, lost: 0, unknown: 1 })
  })

  it('gives names to links to known members, and hides the certificate', () => {
    records.say(gate)
    records.links(roof, [gate, self.id, idOf(99)], { rttMs: 3 })
    records.describe(roof, { name: 'roof-1' })
    const detail = nodeDetailSchema.parse(inventory.detail(roof))
    expect(detail.links.map(({ name, role }) => [name, role])).toEqual([
      ['gate-1', 'node'],
      ['desk', 'station'],
    ])
    expect(inventory.detail(roof)?.inventory).not.toHaveProperty('certificate')
  })

  it('lists a member as soon as it joined', () => {
    certify(idOf(7), 'new-1')
    inventory.noteMember(idOf(7))
    expect(inventory.node(idOf(7))).toMatchObject({ name: 'new-1', state: 'unknown' })
    expect(changes.at(-1)).toEqual([idOf(7)])
  })
})
