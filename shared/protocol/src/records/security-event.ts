import type { PeerIdText } from '../ids.ts'
import type { EventBody } from './intent.ts'

/** What a peer did that it may not, several times perhaps. */
export interface RefusedPeer {
  readonly peer: PeerIdText | null
  /** Stable name such as `hello-refused`. */
  readonly kind: string
  readonly code: string
  /** May quote what the peer sent. */
  readonly message: string
  /** How often, and by how many peers. */
  readonly count: number
  readonly peers: number
}

const maxMessage = 300

/** The event by which a member tells of it: `security.<kind>`. `data.about` names the peer. */
export function securityEvent({ peer, kind, code, message, count, peers }: RefusedPeer): EventBody {
  const often = count === 1 ? '' : ` (${count} times${peers === 1 ? '' : ` by ${peers} peers`})`
  return {
    name: `security.${kind.toLowerCase().replaceAll(/[^a-z0-9.-]/g, '-')}`.slice(0, 64),
    severity: 'warning',
    message: `Refused ${peer === null ? 'a peer' : `…${peer.slice(-6)}`}: ${message.slice(0, maxMessage)}${often}`,
    data: { code, count, peers, ...(peer === null || peers > 1 ? {} : { about: peer }) },
  }
}
