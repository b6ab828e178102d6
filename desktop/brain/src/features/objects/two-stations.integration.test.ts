import { call } from '@orpc/server'
import { loadIdentity } from '@wrale/host'
import { silentLogger, systemClock } from '@wrale/kernel'
import { enrol } from '@wrale/mesh'
import type { PeerIdText } from '@wrale/protocol'
import type { Session } from '@wrale/protocol/api'
import { generateIdentity } from '@wrale/protocol/signing'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeStation, type Station } from '../../compose.ts'
import { eventually } from '../../testing/eventually.ts'
import { type MeshNode, startMeshNode } from '../../testing/mesh-node.ts'
import { suiteFolder } from '../../testing/temporary-folder.ts'

const folder = suiteFolder()
const session: Session = { kind: 'local', since: '2026-01-01T00:00:00.000Z', expiresAt: null }
const context = { context: { session } }
let node: MeshNode
let id: PeerIdText
let desk: Station
let van: Station

const begin = (name: string, peers: readonly string[] = []): Promise<Station> =>
  composeStation(
    {
      stateDirectory: join(folder, name),
      createFleet: 'Test',
      name,
      mdns: false,
      listen: ['/ip4/127.0.0.1/tcp/0'],
      peers,
    },
    { logger: silentLogger },
  )
const addresses = (station: Station): readonly string[] => station.fleet().station.addresses
const label = (station: Station, labels: Record<string, string | null>) =>
  call(station.router.nodes.change, { id, labels }, context)
const conflicts = async (station: Station) => (await call(station.router.conflicts.list, undefined, context)).items
const labelsOf = async (station: Station) => (await call(station.router.nodes.get, { id }, context)).notes?.labels
const events = async (station: Station, name: string) =>
  (await call(station.router.events.list, { name }, context)).items
const lists = (station: Station): Promise<true> =>
  eventually('the node is listed', async () => {
    const { items } = await call(station.router.nodes.list, undefined, context)
    return items.some((found) => found.id === id && found.name === 'roof-1' && found.model !== undefined) || undefined
  })

beforeAll(async () => {
  desk = await begin('desk')
  mkdirSync(join(folder, 'van'), { mode: 0o700 })
  copyFileSync(join(folder, 'desk', 'fleet-root.key'), join(folder, 'van', 'fleet-root.key'))
  van = await begin('van', addresses(desk))
  const root = await loadIdentity(join(folder, 'desk', 'fleet-root.key'))
  if (root === undefined) throw new Error('the first station has no root key')
  node = await startMeshNode(root, 'roof-1', addresses(desk))
  id = node.id
  await Promise.all([lists(desk), lists(van)])
})

afterAll(() => Promise.all([desk.stop(), van.stop()]))

describe('two stations of one fleet', () => {
  it('shows who is linked to whom', async () => {
    const view = await eventually('both stations tell their links', async () => {
      const found = await call(desk.router.mesh.get, undefined, context)
      return found.links.some(({ oneSided, a, b }) => !oneSided && [a, b].includes(van.id)) ? found : undefined
    })
    expect(view.members.map(({ name, role, state, self }) => [name, role, state, self])).toEqual(
      expect.arrayContaining([
        ['desk', 'station', 'ok', true],
        ['van', 'station', 'ok', false],
        ['roof-1', 'node', 'ok', false],
      ]),
    )
    expect(view.members).toHaveLength(3)
  })

  it('agrees on what both wrote apart, and lists what one of them lost', async () => {
    await Promise.all([van.stop(), node.stop()])
    await label(desk, { env: 'prod', rack: 'r1' })
    await desk.stop()
    van = await begin('van')
    await lists(van)
    await label(van, { env: 'test', zone: 'roof' })
    desk = await begin('desk', addresses(van))
    const [ofDesk, ofVan] = await Promise.all(
      [desk, van].map((station) =>
        eventually('the conflict is known', async () => {
          const found = await conflicts(station)
          return found.length > 0 ? found : undefined
        }),
      ),
    )
    expect(ofDesk).toEqual(ofVan)
    expect(ofDesk).toEqual([
      {
        object: { type: 'node', id },
        name: 'roof-1',
        field: 'label/env',
        holds: expect.objectContaining({ value: 'test', author: { id: van.id, name: 'van' } }),
        lost: [expect.objectContaining({ value: 'prod', author: { id: desk.id, name: 'desk' } })],
      },
    ])
    expect(await labelsOf(desk)).toEqual({ env: 'test', rack: 'r1', zone: 'roof' })
    expect(await labelsOf(van)).toEqual(await labelsOf(desk))
  })

  it('settles it once, for both, and keeps the history with its authors', async () => {
    const settled = await call(
      desk.router.conflicts.settle,
      { object: { type: 'node', id }, field: 'label/env', value: 'prod' },
      context,
    )
    expect(settled.holds).toMatchObject({ value: 'prod', author: { name: 'desk' } })
    await eventually('the other station knows', async () => ((await conflicts(van)).length === 0 ? true : undefined))
    expect(await labelsOf(van)).toEqual({ env: 'prod', rack: 'r1', zone: 'roof' })
    const { items } = await call(van.router.objects.history, { type: 'node', id, field: 'label/env' }, context)
    expect(items.map(({ author, set }) => [author.name, set])).toEqual([
      ['desk', { 'label/env': 'prod' }],
      ['van', { 'label/env': 'test' }],
      ['desk', { 'label/env': 'prod' }],
    ])
    await expect(
      call(van.router.conflicts.settle, { object: { type: 'node', id }, field: 'label/env', value: 'x' }, context),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('tells on each station what was changed on either', async () => {
    const seen = await eventually('the audit of both is here', async () => {
      const found = await events(van, 'audit.')
      return found.length >= 3 ? found : undefined
    })
    expect(seen.map(({ name, author }) => [name, author.name])).toEqual([
      ['audit.conflict-settled', 'desk'],
      ['audit.node-changed', 'van'],
      ['audit.node-changed', 'desk'],
    ])
    expect(seen[2]).toMatchObject({
      message: 'The command line changed node roof-1: label/env (none) → "prod", label/rack (none) → "r1"',
      data: { about: id, by: 'local' },
    })
  })

  it('tells watchers of one station what the other changed', async () => {
    const stop = new AbortController()
    const watched = await call(desk.router.fleet.watch, undefined, { ...context, signal: stop.signal })
    const news = (async () => {
      for await (const event of watched) {
        if (event.type === 'snapshot') await label(van, { seen: 'live' })
        const labels = event.type === 'changed' ? event.nodes.find((found) => found.id === id)?.labels : undefined
        if (event.type === 'changed' && labels?.['seen'] === 'live') return event.fleet.revision
      }
      return undefined
    })()
    expect(await news).toMatchObject({ conflicts: expect.any(Number) as number })
    stop.abort()
  })

  it('records who was refused, where both can read it', async () => {
    const stop = new AbortController()
    const token = {
      fleet: desk.fleet().id,
      id: new Uint8Array(8),
      secret: new Uint8Array(16),
      expiresAtSeconds: 2 ** 31,
    }
    const stranger = await generateIdentity()
    const attempt = enrol(
      { identity: stranger, clock: systemClock, logger: silentLogger },
      {
        token,
        name: 'stranger',
        software: '0.1.0',
        listen: ['/ip4/127.0.0.1/tcp/0'],
        peers: addresses(desk),
        mdns: false,
        signal: stop.signal,
      },
    )
    const outcome = attempt.catch((error: unknown) => error)
    const [refused] = await eventually('the other station has it', async () => {
      const found = await events(van, 'security.')
      return found.length > 0 ? found : undefined
    })
    stop.abort()
    await outcome
    expect(refused).toMatchObject({
      name: 'security.enrol-refused',
      author: { name: 'desk' },
      data: { about: stranger.id, code: 'TOKEN_INVALID', count: 1 },
    })
  })

  it('keeps groups that both change at once', async () => {
    await call(desk.router.groups.put, { name: 'roofs', selector: { zone: 'roof' } }, context)
    await eventually('the group is known', async () =>
      (await call(van.router.groups.list, undefined, context)).items.length === 1 ? true : undefined,
    )
    expect(await call(van.router.groups.get, { name: 'roofs' }, context)).toEqual({
      name: 'roofs',
      description: null,
      selector: { zone: 'roof' },
      nodes: [],
      members: [{ id, name: 'roof-1' }],
    })
    expect((await call(van.router.nodes.get, { id }, context)).notes?.groups).toEqual(['roofs'])
    await call(van.router.groups.remove, { name: 'roofs' }, context)
    await eventually('it is gone', async () =>
      (await call(desk.router.groups.list, undefined, context)).items.length === 0 ? true : undefined,
    )
    const back = await call(desk.router.groups.put, { name: 'roofs', nodes: [id] }, context)
    expect(back).toMatchObject({ selector: null, nodes: [id], members: [{ id, name: 'roof-1' }] })
  })
})
