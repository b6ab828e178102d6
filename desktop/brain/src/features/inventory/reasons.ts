import type { HealthReason } from '@wrale/protocol'
import type { Ground } from './assess.ts'

export interface ReasonFacts {
  /** Station's wall clock at the node's last word, ms since the Unix epoch. */
  readonly heardAtWallMs: number
  readonly intervalMs: number
  /** Member with a link now. */
  readonly linkedTo?: string
  /** Member that had a link last, and when, station's wall clock. */
  readonly seenLast?: { readonly name: string; readonly atWallMs: number }
}

const utc = (wallMs: number): string => `${new Date(wallMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`

/** The station's own words for what a node does not say itself. Times are absolute, so that a reason changes only when facts do. */
export function reasonFor(
  ground: Exclude<Ground, 'own-words' | 'cloned' | 'never-heard'>,
  facts: ReasonFacts,
): HealthReason {
  const heard = `heard last at ${utc(facts.heardAtWallMs)}`
  switch (ground) {
    case 'overdue': {
      const link = facts.linkedTo === undefined ? '' : `; ${facts.linkedTo} still has a link to it`
      const due = `due every ${facts.intervalMs / 1000} s`
      return reason('warn', 'status-overdue', `Its status is overdue: ${heard}, ${due}${link}.`)
    }
    case 'lost-contact': {
      const { seenLast } = facts
      const last =
        seenLast !== undefined && seenLast.atWallMs >= facts.heardAtWallMs
          ? `${seenLast.name} saw it last, at ${utc(seenLast.atWallMs)}`
          : heard
      return reason('fail', 'lost-contact', `No member has a link to it; ${last}.`)
    }
    case 'station-isolated':
      return reason('warn', 'station-isolated', `This station is cut off from the fleet; ${heard}.`)
  }
}

/** @param places where the two are, as far as that is known */
export function clonedReason(places: readonly string[]): HealthReason {
  const where = places.length === 0 ? '' : `: ${places.join(' and ')}`
  const message = `Two machines use its key${where}. Neither can be trusted; put it out and let the real one join anew.`
  return { aspect: 'tamper', state: 'fail', code: 'cloned-identity', message: message.slice(0, 200) }
}

export const neverHeard: HealthReason = reason('warn', 'never-heard', 'It joined the fleet but has never been heard.')

function reason(state: HealthReason['state'], code: string, message: string): HealthReason {
  return { aspect: 'network', state, code, message }
}
