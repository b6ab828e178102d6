import { call } from '@orpc/server'
import { loadIdentity } from '@wrale/host'
import { FleetError, silentLogger } from '@wrale/kernel'
import type { Session } from '@wrale/protocol/api'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeStation, type Station } from '../../compose.ts'
import { eventually } from '../../testing/eventually.ts'
import { type MeshNode, startMeshNode } from '../../testing/mesh-node.ts'
import { ScriptedNode } from '../../testing/scripted-node.ts'
import { suiteFolder } from '../../testing/temporary-folder.ts'

const session: Session = { kind: 'local', since: '2026-01-01T00:00:00.000Z', expiresAt: null }
const context = { context: { session } }
const folder = suiteFolder()
const script = new ScriptedNode()
let station: Station
let node: MeshNode
let plain: MeshNode

beforeAll(async () => {
  station = await composeStation(
    { stateDirectory: folder, createFleet: 'Test', name: 'desk', mdns: false, listen: ['/ip4/127.0.0.1/tcp/0'] },
    { logger: silentLogger },
  )
  const root = await loadIdentity(join(folder, 'fleet-root.key'))
  if (root === undefined) throw new Error('the station has no root key')
  const peers = station.fleet().station.addresses
  node = await startMeshNode(root, 'roof-1', peers, script.prepare)
  plain = await startMeshNode(root, 'gate-1', peers)
  await eventually('both nodes are listed', async () => {
    const { items } = await call(station.router.nodes.list, undefined, context)
    return items.filter(({ state }) => state === 'ok').length === 2 || undefined
  })
})

afterAll(async () => {
  await Promise.all([node.stop(), plain.stop()])
  await station.stop()
})

describe('a node asked over the mesh', () => {
  const nodes = (): Station['router']['nodes'] => station.router.nodes

  it('shows its hardware, its safety, its wear and its simulation', async () => {
    const id = { id: node.id }
    expect(await call(nodes().hardware, id, context)).toMatchObject(script.hardware)
    expect(await call(nodes().safety, id, context)).toMatchObject(script.safety)
    expect(await call(nodes().maintenance, id, context)).toMatchObject(script.maintenance)
    expect(await call(nodes().simulator.get, id, context)).toMatchObject(script.simulator)
  })

  it('does what it is told, and its refusals come through', async () => {
    expect(await call(nodes().setLine, { id: node.id, name: 'relay', level: 'on' }, context)).toEqual({
      name: 'relay',
      level: 'on',
    })
    script.refusal = new FleetError('CONFLICT', 'The fan must run at 80 % or more now')
    const wish = { id: node.id, what: { kind: 'fan' as const, duty: 0.2 }, why: 'noise', forSeconds: 60 }
    await expect(call(nodes().override, wish, context)).rejects.toMatchObject({ code: 'CONFLICT', message: /80 %/ })
    expect(await call(nodes().override, wish, context)).toMatchObject({ endsInMs: 60_000 })
  })

  it('runs a self-test that is asked about until it is done', async () => {
    const begun = await call(nodes().diagnostics.start, { id: node.id, load: true }, context)
    expect(begun).toMatchObject({ state: 'running', load: true })
    const report = await eventually('the run is done', async () => {
      const run = await call(nodes().diagnostics.get, { id: node.id, run: begun.id }, context)
      return run.state === 'done' ? run.report : undefined
    })
    expect(report.results).toHaveLength(2)
    expect((await call(nodes().diagnostics.list, { id: node.id }, context)).items[0]?.id).toBe(begun.id)
  })

  it('gives its record', async () => {
    const atMs = Math.floor(Date.now() / 1000) * 1000 - 600_000
    script.record = [0, 1, 2].map((s) => ({ metric: 'temperatureCelsius', atMs: atMs + s * 1000, value: 50 + s }))
    const answer = await call(nodes().history, { id: node.id }, context)
    const [series] = answer.series.filter(({ metric }) => metric === 'temperatureCelsius')
    expect(series?.points.slice(0, 3).map(([, mean]) => mean)).toEqual([50, 51, 52])
    expect(answer.parts[0]?.source).toBe('node')
  })

  it('with software that does not know such questions says so', async () => {
    await expect(call(nodes().hardware, { id: plain.id }, context)).rejects.toMatchObject({ code: 'PROTOCOL_MISMATCH' })
    const history = await call(nodes().history, { id: plain.id }, context)
    expect(history.problem).toMatchObject({ code: 'PROTOCOL_MISMATCH' })
  })

  it('that went away is told as that', async () => {
    await plain.stop()
    await eventually('the link is gone', async () => {
      const { seenBy } = await call(nodes().get, { id: plain.id }, context)
      return seenBy.every(({ linked }) => !linked) || undefined
    })
    await expect(call(nodes().safety, { id: plain.id }, context)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: /gate-1 .*cannot be reached/,
    })
  })
})
