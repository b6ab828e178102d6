import { VirtualClock } from '@wrale/kernel/testing'
import type { PeerIdText } from '@wrale/protocol'
import { meshViewSchema } from '@wrale/protocol/api'
import { describe, expect, it } from 'vitest'
import { idOf } from '../../testing/ids.ts'
import type { Measured, Told } from '../inventory/link-graph.ts'
import { meshView, type MeshViewDeps } from './mesh-view.ts'

const [self, roof, gate, van, thief] = [1, 2, 3, 4, 5].map(idOf) as [
  PeerIdText,
  PeerIdText,
  PeerIdText,
  PeerIdText,
  PeerIdText,
]
const told = (links: Array<[PeerIdText, Measured]>): Told => ({
  atMs: 0,
  atWallMs: Date.UTC(2026, 0, 1),
  links: new Map(links),
})

function deps(more: Partial<MeshViewDeps> = {}): MeshViewDeps {
  const said = new Map<PeerIdText, Told>([
    [
      roof,
      told([
        [self, { rttMs: 3, lossRatio: 0.2 }],
        [gate, { rttMs: 5 }],
        [thief, {}],
      ]),
    ],
    [
      gate,
      told([
        [roof, { rttMs: 6 }],
        [van, {}],
      ]),
    ],
    [van, told([[gate, {}]])],
    [thief, told([[roof, {}]])],
  ])
  return {
    self,
    graph: { told: (id) => said.get(id), reaches: (id) => id !== van },
    mesh: { peers: () => [{ id: roof, rttMs: 2, lossRatio: 0.1, clockErrorMs: 41.6 }] },
    members: {
      list: () => [
        { subject: roof, role: 'node' },
        { subject: gate, role: 'node' },
        { subject: van, role: 'station' },
        { subject: thief, role: 'node' },
      ],
    },
    out: new Set([thief]),
    inventory: { node: (id) => (id === roof ? { state: 'warn' } : undefined) },
    nameOf: (id) => `n-${id.slice(-1)}`,
    digest: () => 'e0',
    clock: new VirtualClock(),
    ...more,
  }
}

describe('the view of the mesh', () => {
  it('has every member that is not out, with what is known of it', () => {
    const { members } = meshViewSchema.parse(meshView(deps()))
    expect(members.map(({ id, role, state, self: own, clockErrorMs }) => [id, role, state, own, clockErrorMs])).toEqual(
      [
        [roof, 'node', 'warn', false, 42],
        [gate, 'node', 'unknown', false, undefined],
        [van, 'station', 'lost', false, undefined],
        [self, 'station', 'ok', true, undefined],
      ],
    )
  })

  it('has each link once, with what both sides measured', () => {
    expect(meshView(deps()).links).toEqual([
      { a: self, b: roof, rttMsFromA: 2, rttMsFromB: 3, lossRatio: 0.2, oneSided: false },
      { a: roof, b: gate, rttMsFromA: 5, rttMsFromB: 6, oneSided: false },
      // What the station that is out of reach said of it counts no more.
      { a: gate, b: van, oneSided: true },
    ])
  })

  it('stands when nobody is there', () => {
    const view = meshView(deps({ members: { list: () => [] }, mesh: { peers: () => [] } }))
    expect([view.members.map(({ id }) => id), view.links]).toEqual([[self], []])
  })
})
