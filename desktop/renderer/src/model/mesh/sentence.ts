import { counted, formatMs, formatRatio } from '../format.ts'
import { bySlowness, type Mesh, type MeshLink, type MeshMember, meshLimits, partsOf } from './mesh.ts'

/** More names than this in one sentence nobody reads. */
const namedMembers = 3

/** The mesh in one sentence: whether everyone is linked, what is slowest, what loses. */
export function meshSentence(mesh: Mesh): string {
  const { members } = mesh
  if (members.length === 0) return 'No member has told of its links yet.'
  if (members.length === 1) return 'This station is the only member: there is nobody to be linked to.'
  const clauses = [reachClause(mesh), slowestClause(mesh), lossClause(mesh)]
  return `${clauses.filter((clause) => clause !== undefined).join('; ')}.`
}

function reachClause(mesh: Mesh): string {
  const all = mesh.members.length
  const parts = partsOf(mesh)
  const groups = parts.filter((part) => part.length > 1)
  const single = parts.filter((part) => part.length === 1).flat()
  if (parts.length === 1) return all === 2 ? 'Both members are linked' : `All ${all} members are linked`
  if (groups.length === 0) return `None of the ${all} members has a link`
  const alone = single.length === 0 ? '' : `${namesOf(single)} ${single.length === 1 ? 'has' : 'have'} no link`
  if (groups.length === 1) return `${groups[0]?.length ?? 0} of ${all} members are linked; ${alone}`
  const sizes = groups.map(({ length }) => length)
  const split = `The mesh is in ${groups.length} parts, of ${sizes.slice(0, -1).join(', ')} and ${sizes.at(-1)} members, that do not see each other`
  return alone === '' ? split : `${split}; ${alone}`
}

function slowestClause({ links }: Mesh): string | undefined {
  const slowest = links.filter(({ kind }) => kind !== 'silent').toSorted(bySlowness)[0]
  return slowest?.rttMs === undefined ? undefined : `slowest round trip ${ends(slowest)} ${formatMs(slowest.rttMs)}`
}

function lossClause({ links }: Mesh): string | undefined {
  const lossy = links.filter(({ kind, lossRatio = 0 }) => kind !== 'silent' && lossRatio >= meshLimits.lossRatio)
  const [worst] = lossy.toSorted((x, y) => (y.lossRatio ?? 0) - (x.lossRatio ?? 0))
  if (worst === undefined) return undefined
  if (lossy.length === 1) return `${ends(worst)} loses ${formatRatio(worst.lossRatio)}`
  return `${counted(lossy.length, 'link')} lose, most of all ${ends(worst)} (${formatRatio(worst.lossRatio)})`
}

/** "gate-1 ↔ roof-2" */
function ends({ a, b }: Pick<MeshLink, 'a' | 'b'>): string {
  return `${a.name} ↔ ${b.name}`
}

function namesOf(members: readonly MeshMember[]): string {
  const names = members.slice(0, namedMembers).map(({ name }) => name)
  const rest = members.length - names.length
  if (rest > 0) return `${names.join(', ')} and ${rest} more`
  return names.length === 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
