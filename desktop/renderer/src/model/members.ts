import type { MemberView } from '@wrale/protocol/api'
import { counted } from './format.ts'
import { compareNames } from './state.ts'

/** How a member stands, the loudest first. `cloned`: two live boards answer with its key. */
const standings = ['cloned', 'expired', 'active', 'replaced', 'revoked'] as const
export type Standing = (typeof standings)[number]

export const standingMeanings: Readonly<Record<Standing, string>> = {
  cloned: 'Two live boards answer with its key',
  expired: 'Its certificate ran out',
  active: 'Its certificate is valid',
  replaced: 'Its key was changed, or another board took its place',
  revoked: 'Put out of the fleet',
}

export function standingOf({ state, clonedAt }: Pick<MemberView, 'state' | 'clonedAt'>): Standing {
  return state === 'active' && clonedAt.length > 0 ? 'cloned' : state
}

/** In the fleet now, or so that a person has to look. */
export function isPresent(member: Pick<MemberView, 'state' | 'clonedAt'>): boolean {
  return standingOf(member) !== 'revoked' && standingOf(member) !== 'replaced'
}

/** Loudest first, then stations, then by name. */
function byStanding(a: MemberView, b: MemberView): number {
  return (
    standings.indexOf(standingOf(a)) - standings.indexOf(standingOf(b)) ||
    Number(b.role === 'station') - Number(a.role === 'station') ||
    compareNames(a.name, b.name)
  )
}

export interface MembersQuery {
  readonly search: string
  /** Revoked and replaced ones too. */
  readonly past: boolean
  /** Member in the side panel. */
  readonly open: string | undefined
}

const maxSearchLength = 200

export function parseMembersQuery(text: string): MembersQuery {
  const parameters = new URLSearchParams(text)
  return {
    search: (parameters.get('q') ?? '').slice(0, maxSearchLength),
    past: parameters.get('past') === 'yes',
    open: parameters.get('member') ?? undefined,
  }
}

/** No leading `?`; empty when all is default. */
export function formatMembersQuery({ search, past, open }: MembersQuery): string {
  const parameters = new URLSearchParams()
  if (search !== '') parameters.set('q', search.slice(0, maxSearchLength))
  if (past) parameters.set('past', 'yes')
  if (open !== undefined) parameters.set('member', open)
  return parameters.toString()
}

/** Members that a query shows, in order. Every word must be found in what a row says, or in the id or serial. */
export function arrangeMembers(
  members: readonly MemberView[],
  { search, past }: Omit<MembersQuery, 'open'>,
): MemberView[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  return members
    .filter((member) => {
      if (!past && !isPresent(member)) return false
      const { name, role, id, serial, issuedBy, reason } = member
      const text = [name, role, standingOf(member), id, serial, issuedBy?.name ?? 'root key', reason ?? '']
        .join('\n')
        .toLowerCase()
      return words.every((word) => text.includes(word))
    })
    .toSorted(byStanding)
}

/** Who is in the fleet and what waits for a person, in one sentence. */
export function membersSentence(members: readonly MemberView[], waiting: number): string {
  const cloned = members.filter((member) => standingOf(member) === 'cloned')
  const expired = members.filter((member) => standingOf(member) === 'expired')
  const clauses: string[] = []
  if (cloned.length === 1) clauses.push(`two boards answer with the key of ${cloned[0]?.name ?? ''}`)
  if (cloned.length > 1) clauses.push(`the keys of ${cloned.length} members are each used by two boards`)
  if (waiting > 0) clauses.push(`${counted(waiting, 'machine waits', 'machines wait')} to be claimed`)
  if (expired.length === 1) clauses.push(`the certificate of ${expired[0]?.name ?? ''} ran out`)
  if (expired.length > 1) clauses.push(`${expired.length} certificates ran out`)
  if (clauses.length > 0) return asSentence(clauses.join('; '))
  const present = members.filter(isPresent)
  const stations = present.filter(({ role }) => role === 'station').length
  const nodes = present.length - stations
  return `${counted(stations, 'station')} and ${counted(nodes, 'node')} are members, and nobody waits to be let in.`
}

function asSentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

/** What revoking a member does, one sentence a line, numbers included. @param links that it has now; undefined: not known */
export function revokeConsequences(
  { name, role, admin, state }: Pick<MemberView, 'name' | 'role' | 'admin' | 'state'>,
  links: number | undefined,
): readonly string[] {
  const lost =
    links === undefined
      ? `${name} loses all its links at once.`
      : links === 0
        ? `${name} has no link now; every member refuses it from now on.`
        : `${name} loses its ${counted(links, 'link')} at once, and every member refuses it from now on.`
  return [
    lost,
    'What it wrote up to now stays; nothing that it writes from now on is taken.',
    ...(role === 'station' ? ['The people who work at it no longer see or change the fleet.'] : []),
    ...(role === 'station' && admin ? ['It can no longer let anyone in. Whom it let in before stays.'] : []),
    ...(role === 'node' && state === 'active' ? ['Its services go on running; it goes on keeping itself safe.'] : []),
    'Members that are out of reach refuse it as soon as they hear of this.',
    'It can come back only after a local reset (wrale-edge reset --new-identity) and a new join.',
  ]
}
