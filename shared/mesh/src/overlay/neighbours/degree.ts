import type { PeerIdText } from '@wrale/protocol'
import type { MeshTuning } from '../../tuning.ts'
import type { Candidate } from './candidates.ts'

export type DegreeTuning = Pick<MeshTuning, 'wantedLinks' | 'acceptedLinks' | 'smallFleet'>

/** Dials under way at once, and those of them to members that are out of contact although there are links enough. */
const maxDials = 8
const maxStrayDials = 3
/** A member with fewer links than this is helped: it is never turned away, and told of others. */
export const fewLinks = 3

/** How many links a member of a fleet of that size dials for. In a small fleet everyone is linked with everyone. */
export function wantedLinks(members: number, { wantedLinks: wanted, smallFleet }: DegreeTuning): number {
  return members <= smallFleet ? Math.max(wanted, smallFleet - 1) : wanted
}

/**
 * Whom to dial now: who is configured and who is out of contact in any case, others by lot until there are links enough. A graph in which
 * everyone has a few random neighbours hangs together with near certainty, however large it is.
 */
export function chooseDials(
  candidates: readonly Candidate[],
  state: { readonly nowMs: number; readonly links: number; readonly wanted: number; readonly random: () => number },
): Candidate[] {
  const dialling = candidates.filter((one) => one.dialling)
  let room = maxDials - dialling.length
  let strays = maxStrayDials - dialling.filter(({ kind }) => kind === 'lost' || kind === 'stray').length
  // By halves: while these are being dialled, others dial this member.
  let short = Math.ceil((state.wanted - state.links) / 2) - dialling.length
  const chosen: Candidate[] = []
  const due = shuffled(
    candidates.filter((one) => !one.dialling && one.dueMs <= state.nowMs),
    state.random,
  )
  const take = (candidate: Candidate): void => {
    chosen.push(candidate)
    room--
    short--
  }
  for (const candidate of due) if (room > 0 && candidate.kind === 'static') take(candidate)
  for (const candidate of due) {
    if (room <= 0) break
    if (candidate.kind === 'static') continue
    const isStray = candidate.kind !== 'found'
    if (short > 0) take(candidate)
    else if (isStray && strays > 0) take(candidate)
    else continue
    if (isStray) strays--
  }
  return chosen
}

export interface Removable {
  readonly id: PeerIdText
  /** How many links the peer has; undefined when it has not said. */
  readonly links: number | undefined
  /** Neither configured, nor a watcher, nor too young to judge. */
  readonly expendable: boolean
}

/** Whom to give up: the peer with the most links, who will miss this one least; nobody who has few. */
export function chooseVictim(links: readonly Removable[]): PeerIdText | undefined {
  let victim: Removable | undefined
  for (const link of links) {
    if (!link.expendable || (link.links ?? 0) <= fewLinks) continue
    if (victim === undefined || (link.links ?? 0) > (victim.links ?? 0)) victim = link
  }
  return victim?.id
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const all = [...items]
  for (let index = all.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1))
    const [a, b] = [all[index], all[other]]
    if (a === undefined || b === undefined) continue
    all[index] = b
    all[other] = a
  }
  return all
}
