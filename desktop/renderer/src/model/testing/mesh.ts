import type { MeshView } from '@wrale/protocol/api'
import { idOf, nowMs } from './nodes.ts'

type Member = MeshView['members'][number]
type Link = MeshView['links'][number]

/** A member that is well and spoke just now. Numbers from 900 on are stations. */
export function memberOf(index: number, change: Partial<Member> = {}): Member {
  const role = index >= 900 ? 'station' : 'node'
  return {
    id: idOf(index),
    name: role === 'station' ? `office-${index - 899}` : `node-${index}`,
    role,
    state: 'ok',
    self: index === 900,
    toldAt: new Date(nowMs).toISOString(),
    ...change,
  }
}

/** A link that both sides name. */
export function linkBetween(one: number, other: number, change: Partial<Link> = {}): Link {
  const [a, b] = idOf(one) < idOf(other) ? [idOf(one), idOf(other)] : [idOf(other), idOf(one)]
  return { a, b, rttMsFromA: 1, rttMsFromB: 1, oneSided: false, ...change }
}

export function meshViewOf(members: readonly Member[], links: readonly Link[]): MeshView {
  return { at: new Date(nowMs).toISOString(), digest: '00', members: [...members], links: [...links] }
}
