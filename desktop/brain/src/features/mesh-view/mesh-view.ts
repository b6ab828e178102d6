import type { Clock } from '@wrale/kernel'
import type { MemberRole, PeerIdText } from '@wrale/protocol'
import type { MeshView, Node } from '@wrale/protocol/api'
import type { LinkedPeer, LinkGraph, Measured } from '../inventory/link-graph.ts'
import { timestamp } from '../objects/timestamp.ts'

export interface MeshViewDeps {
  readonly self: PeerIdText
  readonly graph: Pick<LinkGraph, 'told' | 'reaches'>
  readonly mesh: { peers(): ReadonlyArray<Pick<LinkedPeer, 'id' | 'rttMs' | 'lossRatio' | 'clockErrorMs'>> }
  readonly members: { list(): ReadonlyArray<{ readonly subject: PeerIdText; readonly role: MemberRole }> }
  /** Members that were put out of the fleet. */
  readonly out: ReadonlySet<PeerIdText>
  readonly inventory: { node(id: PeerIdText): Pick<Node, 'state'> | undefined }
  readonly nameOf: (id: PeerIdText) => string
  /** Hash of what this station holds. */
  readonly digest: () => string
  readonly clock: Clock
}

type Member = MeshView['members'][number]
type Link = MeshView['links'][number]
interface Side {
  readonly by: PeerIdText
  readonly to: PeerIdText
  readonly measured: Measured
}

/** Who is linked to whom, from what the members say of their links and from this station's own. */
export function meshView(deps: MeshViewDeps): MeshView {
  const { self, graph, members, mesh, out, clock } = deps
  const now = timestamp(clock.wallMs())
  const peers = new Map(mesh.peers().map((peer) => [peer.id, peer]))
  const roles = new Map<PeerIdText, MemberRole>(members.list().map(({ subject, role }) => [subject, role]))
  roles.set(self, 'station')
  const present = [...roles].filter(([id]) => id === self || !out.has(id))
  // What a member said that is gone by now says nothing of the links that there are.
  const sides = present.flatMap(([by]): Side[] => {
    if (by === self) return [...peers.values()].map((peer) => ({ by, to: peer.id, measured: measuredOf(peer) }))
    const links = graph.reaches(by) ? graph.told(by)?.links : undefined
    return [...(links ?? [])].map(([to, measured]) => ({ by, to, measured }))
  })
  return {
    at: now,
    digest: deps.digest(),
    members: present.map(([id, role]): Member => {
      const clockErrorMs = peers.get(id)?.clockErrorMs
      const told = graph.told(id)
      return {
        id,
        name: deps.nameOf(id),
        role,
        // A station says nothing of its health; it counts as there while there is a way to it.
        state: role === 'node' ? (deps.inventory.node(id)?.state ?? 'unknown') : graph.reaches(id) ? 'ok' : 'lost',
        self: id === self,
        ...(clockErrorMs === undefined ? {} : { clockErrorMs: Math.round(clockErrorMs) }),
        toldAt: id === self ? now : told === undefined ? null : timestamp(told.atWallMs),
      }
    }),
    links: linksOf(sides.filter(({ to }) => to === self || (roles.has(to) && !out.has(to)))),
  }
}

/** One entry for each pair, in order of ids. */
function linksOf(sides: readonly Side[]): Link[] {
  const pairs = new Map<string, Link>()
  for (const { by, to, measured } of sides) {
    const [a, b] = by < to ? [by, to] : [to, by]
    const other = pairs.get(`${a} ${b}`)
    const { rttMs, lossRatio = other?.lossRatio } = measured
    pairs.set(`${a} ${b}`, {
      ...(other ?? { a, b }),
      ...(rttMs === undefined ? {} : by === a ? { rttMsFromA: rttMs } : { rttMsFromB: rttMs }),
      ...(lossRatio === undefined ? {} : { lossRatio: Math.max(lossRatio, other?.lossRatio ?? 0) }),
      oneSided: other === undefined,
    })
  }
  return [...pairs].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, link]) => link)
}

function measuredOf({ rttMs, lossRatio }: Measured): Measured {
  return { ...(rttMs === undefined ? {} : { rttMs }), ...(lossRatio === undefined ? {} : { lossRatio }) }
}
