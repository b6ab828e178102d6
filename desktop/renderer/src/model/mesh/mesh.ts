import type { MeshView } from '@wrale/protocol/api'
import { compareNames, isSilent } from '../state.ts'

export type MeshMember = MeshView['members'][number]
type LinkView = MeshView['links'][number]

/** How a link is drawn; the worst that is true of it. */
export const linkKinds = ['silent', 'oneSided', 'lossy', 'far', 'slow', 'quick'] as const
export type LinkKind = (typeof linkKinds)[number]

/** Limits between the kinds. */
export const meshLimits = {
  /** Round trip from which a link is slow, ms: more than a local network needs. */
  slowMs: 20,
  /** From which it is far, ms: people notice. */
  farMs: 100,
  /** Share of unanswered beats from which a link is lossy: TCP begins to crawl. */
  lossRatio: 0.05,
} as const

export interface MeshLink {
  readonly a: MeshMember
  readonly b: MeshMember
  /** Mean of what the two sides measured, ms; undefined until one did. */
  readonly rttMs: number | undefined
  readonly fromA: number | undefined
  readonly fromB: number | undefined
  readonly lossRatio: number | undefined
  readonly oneSided: boolean
  /** When one of the two last said it, ms since the Unix epoch; undefined: nobody knows. */
  readonly toldAtMs: number | undefined
  readonly kind: LinkKind
}

/** The mesh with its ends resolved and indexed. */
export interface Mesh {
  /** Stations first, then nodes, each by name. */
  readonly members: readonly MeshMember[]
  readonly links: readonly MeshLink[]
  readonly linksOf: ReadonlyMap<string, readonly MeshLink[]>
}

export function meshOf(view: MeshView): Mesh {
  const members = view.members.toSorted(
    (x, y) => Number(y.role === 'station') - Number(x.role === 'station') || compareNames(x.name, y.name),
  )
  const byId = new Map<string, MeshMember>(members.map((member) => [member.id, member]))
  const links = view.links.flatMap((link) => {
    const a = byId.get(link.a)
    const b = byId.get(link.b)
    return a === undefined || b === undefined ? [] : [linkOf(link, a, b)]
  })
  const linksOf = new Map<string, MeshLink[]>(members.map(({ id }) => [id, []]))
  for (const link of links) {
    linksOf.get(link.a.id)?.push(link)
    linksOf.get(link.b.id)?.push(link)
  }
  return { members, links, linksOf }
}

function linkOf(
  { rttMsFromA: fromA, rttMsFromB: fromB, lossRatio, oneSided }: LinkView,
  a: MeshMember,
  b: MeshMember,
): MeshLink {
  const told = [a.toldAt, b.toldAt].flatMap((at) => (at === null ? [] : [Date.parse(at)]))
  const toldAtMs = told.length === 0 ? undefined : Math.max(...told)
  const rttMs = fromA === undefined || fromB === undefined ? (fromA ?? fromB) : (fromA + fromB) / 2
  const facts = { a, b, rttMs, fromA, fromB, lossRatio, oneSided, toldAtMs }
  return { ...facts, kind: kindOf(facts) }
}

function kindOf({ a, b, rttMs = 0, lossRatio = 0, oneSided }: Omit<MeshLink, 'kind'>): LinkKind {
  // A member tells at once of a link that ends, and seldom of one that stays: not the age of its word counts, but that it speaks.
  if (isSilent(a) && isSilent(b)) return 'silent'
  if (oneSided) return 'oneSided'
  if (lossRatio >= meshLimits.lossRatio) return 'lossy'
  if (rttMs >= meshLimits.farMs) return 'far'
  return rttMs >= meshLimits.slowMs ? 'slow' : 'quick'
}

/** The other end of a link. */
export function peerOf(link: MeshLink, id: string): MeshMember {
  return link.a.id === id ? link.b : link.a
}

/** Members that reach each other over links that hold now, the largest set first; who has no link is a set of one. */
export function partsOf({ members, linksOf }: Mesh): readonly (readonly MeshMember[])[] {
  const seen = new Set<string>()
  const parts: MeshMember[][] = []
  for (const start of members) {
    if (seen.has(start.id)) continue
    const part = new Set([start])
    seen.add(start.id)
    for (const member of part) {
      for (const link of linksOf.get(member.id) ?? []) {
        const peer = peerOf(link, member.id)
        if (link.kind === 'silent' || seen.has(peer.id)) continue
        seen.add(peer.id)
        part.add(peer)
      }
    }
    parts.push(members.filter((member) => part.has(member)))
  }
  return parts.toSorted((x, y) => y.length - x.length)
}

/** Slowest first; links without a measured round trip last. Ties by names, so that a list never flickers. */
export function bySlowness(x: MeshLink, y: MeshLink): number {
  return (y.rttMs ?? -1) - (x.rttMs ?? -1) || compareNames(x.a.name, y.a.name) || compareNames(x.b.name, y.b.name)
}
