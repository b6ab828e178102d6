import type { FleetChange, FleetSnapshot } from '@wrale/client'
import type { FleetError } from '@wrale/kernel'
import type { MetricsAnswer, NodeDetail, Session, SignInLink } from '@wrale/protocol/api'
import type { NodeControlPort } from './control-port.ts'
import type { MembershipPort, ObjectsPort, ObservationPort } from './operator-ports.ts'

/** How the page is linked to its station. */
export type LinkStatus =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'live' }
  /** The link broke. The next try is at `retryAtMs` (this browser's clock, ms since the Unix epoch), or under way. */
  | {
      readonly phase: 'waiting'
      readonly retryAtMs: number | undefined
      readonly attempt: number
      readonly error: FleetError
    }
  /** The station does not know this browser (any more). Nothing is tried again until someone signs in. */
  | { readonly phase: 'signedOut'; readonly error: FleetError }

/** What the station tells of its fleet. */
export type FleetNews = FleetSnapshot | FleetChange

export interface FleetObserver {
  /** A snapshot first, after every reconnection too; then changes, in order. */
  readonly onEvent: (event: FleetNews) => void
  readonly onLink: (status: LinkStatus) => void
}

export interface Watch {
  /** Tries now when the link is waiting; else nothing. */
  readonly retry: () => void
  /** Idempotent. No observer is called afterwards. */
  readonly stop: () => void
}

export interface MetricsRange {
  /** Milliseconds since the Unix epoch, station's clock. */
  readonly fromMs: number
  readonly toMs: number
  /** Seconds; the station's choice when absent. */
  readonly stepSeconds?: number
}

/** All that the screens need from a station. Every method rejects with a FleetError. */
export interface Backend extends MembershipPort, ObjectsPort, ObservationPort {
  /** `browser`: signs in with a link and can sign out. `desktop`: the window itself is the sign-in. */
  readonly kind: 'browser' | 'desktop'
  /** Watches until stopped, reconnecting by itself. */
  readonly watch: (observer: FleetObserver) => Watch
  readonly nodeDetail: (id: string, signal: AbortSignal) => Promise<NodeDetail>
  readonly metrics: (id: string, range: MetricsRange, signal: AbortSignal) => Promise<MetricsAnswer>
  /** What nodes answer and do themselves. */
  readonly control: NodeControlPort
  readonly session: (signal: AbortSignal) => Promise<Session>
  /** Exchanges the one-time code of a sign-in link for a session. TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_USED_UP, RATE_LIMITED. */
  readonly signIn: (code: string) => Promise<Session>
  readonly signOut: () => Promise<void>
  /** A link that signs in one more browser. */
  readonly createSignInLink: () => Promise<SignInLink>
}
