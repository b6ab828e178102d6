import type { Session } from '@wrale/protocol/api'

/** What every call knows of its caller. Who has no session does not get as far as a call. */
export interface CallContext {
  readonly session: Session
}
