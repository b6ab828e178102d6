import { randomUUID } from 'node:crypto'
import { FleetError, silentLogger, systemClock } from '@wrale/kernel'
import { createMesh, type Mesh } from '@wrale/mesh'
import type { MemberRole, PeerIdText } from '@wrale/protocol'
import { diagListSchema, diagRunSchema, hardwareViewSchema, safetyViewSchema } from '@wrale/protocol/node'
import type { EventBody } from '@wrale/protocol/records'
import { generateIdentity, type Identity } from '@wrale/protocol/signing'
import { type NodeCommand, nodeCommandProtocol, nodeHistoryProtocol, nodeQueryProtocol } from '@wrale/protocol/wire'
import { MemberDirectory, memoryStorage, Replica } from '@wrale/replica'
import { TestFleet } from '@wrale/replica/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Remote } from './remote.ts'
import { FakeControls, reportOf } from './testing/fake-controls.ts'

let fleet: TestFleet
const meshes: Mesh[] = []
const replicas: Replica[] = []
let node: Mesh
let remote: Remote
let desk: Mesh
let gate: Mesh
let controls: FakeControls
const events: EventBody[] = []
let fleetTimeMs: number | undefined

async function member(
  name: string,
  role: MemberRole,
  peers: readonly string[],
  prepare: (mesh: Mesh) => void,
): Promise<Mesh> {
  const identity: Identity = await generateIdentity()
  const certificate = await fleet.certify(identity.id, name, role)
  const directory = new MemberDirectory(fleet.id)
  await directory.admit(certificate.sealed, identity.id)
  const replica = new Replica({
    identity,
    clock: systemClock,
    storage: memoryStorage(),
    directory,
    logger: silentLogger,
  })
  await replica.open()
  replicas.push(replica)
  const mesh = createMesh(
    { identity, membership: { fleet: fleet.id, certificate }, replica, clock: systemClock, logger: silentLogger },
    { listen: ['/ip4/127.0.0.1/tcp/0'], peers, mdns: false, software: '0.1.0' },
  )
  prepare(mesh)
  meshes.push(mesh)
  await mesh.start()
  return mesh
}

async function linked(a: Mesh, b: PeerIdText): Promise<void> {
  if (a.peers().some(({ id }) => id === b)) return
  await new Promise<void>((resolve) => a.peerAdmitted.subscribe(({ id }) => void (id === b && resolve())))
}

beforeAll(async () => {
  fleet = await TestFleet.create()
  node = await member('roof-1', 'node', [], (mesh) => {
    remote = new Remote({
      mesh,
      // Each test puts its own in place; the mesh is made once.
      controls: {
        hardware: () => controls.hardware(),
        safety: () => controls.safety(),
        maintenance: () => controls.maintenance(),
        history: (query) => controls.history(query),
        setLine: (name, level, by) => controls.setLine(name, level, by),
        override: (request, by) => controls.override(request, by),
        endOverride: (kind) => controls.endOverride(kind),
        resetTamper: (why) => controls.resetTamper(why),
        diagnostics: {
          tests: () => controls.diagnostics.tests(),
          schedule: () => controls.diagnostics.schedule(),
          reports: () => controls.diagnostics.reports(),
          run: (request, by, hooks) => controls.diagnostics.run(request, by, hooks),
        },
        get simulator() {
          return controls.simulator
        },
      },
      write: async (body) => void events.push(body),
      fleetTimeMs: () => fleetTimeMs,
      clock: systemClock,
      logger: silentLogger,
    })
  })
  desk = await member('desk', 'station', node.addresses(), () => undefined)
  gate = await member('gate-1', 'node', node.addresses(), () => undefined)
  await Promise.all([linked(desk, node.id), linked(gate, node.id)])
})

beforeEach(() => {
  controls = new FakeControls()
  events.length = 0
  fleetTimeMs = Date.now()
})

afterAll(async () => {
  await remote.stop()
  await Promise.all(meshes.map((mesh) => mesh.stop()))
  await Promise.all(replicas.map((replica) => replica.close()))
})

interface Sending {
  readonly by?: Mesh
  readonly id?: string
  readonly lifeMs?: number
}

function send(command: unknown, { by = desk, id = randomUUID(), lifeMs = 30_000 }: Sending = {}): Promise<unknown> {
  const request = { id, expiresAtMs: Date.now() + lifeMs, caller: 'browser', command }
  return by.ask(node.id, nodeCommandProtocol, request, { answer: z.unknown() })
}

const query = <S extends z.ZodType>(body: object, answer: S): Promise<z.output<S>> =>
  desk.ask(node.id, nodeQueryProtocol, body, { answer })

const relayOn: NodeCommand = { do: 'set-line', line: 'relay', level: 'on' }

describe('a station', () => {
  it('is told how the node is', async () => {
    expect(await query({ ask: 'hardware' }, hardwareViewSchema)).toEqual(controls.hardware())
    expect(await query({ ask: 'safety' }, safetyViewSchema)).toEqual(controls.safety())
    expect(await query({ ask: 'diagnostics' }, diagListSchema)).toMatchObject({ items: [], tests: [{ name: 'fan' }] })
  })

  it('has it act, and what was done is recorded with who did it', async () => {
    expect(await send(relayOn)).toEqual({ name: 'relay', level: 'on' })
    await send({ do: 'override', override: { what: { kind: 'fan', duty: 0.2 }, why: 'noise', forSeconds: 60 } })
    await send({ do: 'end-override', kind: 'fan' })
    await send({ do: 'reset-tamper', why: ' the door was ours ' })
    await send({
      do: 'simulate',
      change: { set: [{ setting: 'ambientCelsius', value: 40 }], fault: ['fan-stall'], clear: [] },
    })
    expect(controls.done).toEqual([
      'relay on by desk (browser)',
      'override fan',
      'end fan',
      'reset: the door was ours',
      'ambientCelsius = 40',
      'fault fan-stall',
      'clear all',
    ])
    expect(events.map(({ name }) => name)).toEqual([
      'audit.line-set',
      'audit.safety-override',
      'audit.safety-override-ended',
      'audit.tamper-reset',
      'audit.simulated',
    ])
    expect(events[0]).toEqual({
      name: 'audit.line-set',
      severity: 'info',
      message: 'desk (browser) set the line relay to on',
      data: { line: 'relay', level: 'on', by: desk.id, caller: 'browser' },
    })
  })

  it('is refused with the node’s own reason, which is recorded as well', async () => {
    await expect(send({ do: 'set-line', line: 'pump', level: 'on' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'there is no line pump',
    })
    expect(events).toMatchObject([{ name: 'audit.line-set', severity: 'warning', data: { refused: 'NOT_FOUND' } }])
    controls.simulator = undefined
    await expect(query({ ask: 'simulator' }, z.unknown())).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('that sends a command again is given the same answer, and nothing is done twice', async () => {
    const id = randomUUID()
    const answers = await Promise.all([send(relayOn, { id }), send(relayOn, { id })])
    expect(answers).toEqual([
      { name: 'relay', level: 'on' },
      { name: 'relay', level: 'on' },
    ])
    const wrong = randomUUID()
    const pump = { do: 'set-line', line: 'pump', level: 'on' }
    await expect(send(pump, { id: wrong })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(send(pump, { id: wrong })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(controls.done).toHaveLength(1)
    expect(events).toHaveLength(2)
    await expect(send({ ...relayOn, level: 'off' }, { id })).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(controls.done).toHaveLength(1)
  })

  it('is refused what comes too late, or would be good for too long, where the time is known', async () => {
    await expect(send(relayOn, { lifeMs: -2000 })).rejects.toMatchObject({ code: 'TIMEOUT', message: /too late/ })
    await expect(send(relayOn, { lifeMs: 3_600_000 })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    expect(controls.done).toEqual([])
    fleetTimeMs = undefined
    await send(relayOn, { lifeMs: -2000 })
    expect(controls.done).toHaveLength(1)
  })

  it.each([
    ['an unknown command', { do: 'format-card' }],
    ['a level that is none', { ...relayOn, level: 'half' }],
    ['a part too many', { ...relayOn, force: true }],
    [
      'an override without a reason',
      { do: 'override', override: { what: { kind: 'stay-on' }, why: ' ', forSeconds: 9 } },
    ],
    ['a reason that is too long', { do: 'reset-tamper', why: 'x'.repeat(121) }],
  ])('is refused %s before anything looks at it', async (_case, command) => {
    await expect(send(command)).rejects.toMatchObject({ code: 'FRAME_INVALID' })
    expect([controls.done, events]).toEqual([[], []])
  })

  it('is told the same of many commands as of few: the log is not filled by them', async () => {
    for (let count = 0; count < 25; count += 1) await send(relayOn)
    expect(controls.done).toHaveLength(25)
    expect(events.length).toBeLessThanOrEqual(10)
  })
})

describe('a node', () => {
  it('is told nothing, and nothing is done for it', async () => {
    const forbidden = { code: 'FORBIDDEN', message: 'only stations may ask this of a node' }
    await expect(send(relayOn, { by: gate })).rejects.toMatchObject(forbidden)
    const ask = (protocol: string, body: object) => gate.ask(node.id, protocol, body, { answer: z.unknown() })
    await expect(ask(nodeQueryProtocol, { ask: 'hardware' })).rejects.toMatchObject(forbidden)
    await expect(ask(nodeHistoryProtocol, { fromMs: 0, toMs: 1000 })).rejects.toMatchObject(forbidden)
    expect([controls.done, events]).toEqual([[], []])
  })
})

describe('self-tests', () => {
  const start = async (load = false) => diagRunSchema.parse(await send({ do: 'diag-start', request: { load } }))
  const run = (id: string) => query({ ask: 'diag-run', run: id }, diagRunSchema)

  it('are begun, watched, and read when they are done', async () => {
    const { id } = await start(true)
    expect(await run(id)).toEqual({
      state: 'running',
      id,
      load: true,
      progress: { done: 0, of: 2, current: 'The fan turns' },
    })
    await expect(start()).rejects.toMatchObject({ code: 'CONFLICT', message: /desk \(browser\) runs a self-test/ })
    controls.run?.progress({ done: 1, of: 2 })
    expect(await run(id)).toMatchObject({ progress: { done: 1 } })
    expect((await query({ ask: 'diagnostics' }, diagListSchema)).items).toMatchObject([{ id, state: 'running' }])
    controls.run?.resolve(reportOf(id))
    expect(await run(id)).toEqual({ state: 'done', id, report: reportOf(id) })
    controls.reports.push(reportOf(id))
    expect((await query({ ask: 'diagnostics' }, diagListSchema)).items).toMatchObject([
      { id, state: 'done', counts: { pass: 1, warn: 0, fail: 0, skip: 0 } },
    ])
  })

  it('are refused with the reason while the machine is not fit for it', async () => {
    controls.unfit = new FleetError('CONFLICT', 'the machine is throttled: let it cool down first')
    await expect(start()).rejects.toMatchObject({ code: 'CONFLICT', message: /throttled/ })
    controls.unfit = undefined
    const { id } = await start()
    controls.run?.resolve(reportOf(id))
  })

  it('are broken off, and say why one failed', async () => {
    const { id } = await start()
    expect(await send({ do: 'diag-stop', run: id })).toMatchObject({ state: 'running' })
    expect(controls.run?.signal.reason).toMatchObject({ code: 'ABORTED', message: /desk/ })
    controls.run?.reject(new FleetError('ABORTED', 'broken off by desk'))
    expect(await run(id)).toEqual({ state: 'failed', id, problem: { code: 'ABORTED', message: 'broken off by desk' } })
    await expect(run('no-such-run')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
