import type { Clock, Logger } from '@wrale/kernel'
import { type Membership, Vetting } from '@wrale/mesh'
import type { TrustedTime } from '@wrale/protocol/membership'
import { heedPutOut, putOutOf, type PutOutDeps, type Replica, trustedTimeOf } from '@wrale/replica'

export interface VettingParts {
  readonly membership: Membership
  readonly clock: Clock
  readonly logger: Logger
}

/** Judges who says hello by what the records say, and heeds what this node is shown when others do not let it in any more. */
export function vettingOf(
  known: PutOutDeps & { readonly replica: Pick<Replica, 'entries' | 'changed'> },
  { membership, clock, logger }: VettingParts,
): Vetting {
  // The records are read when the first hello comes: they are open by then.
  let time: TrustedTime | undefined
  const nowMs = (): number => (time ??= trustedTimeOf(known.replica, clock, membership.certificate)).nowMs()
  const vetting = new Vetting({ fleet: membership.fleet, clock, nowMs, putOut: (peer) => putOutOf(known, peer) })
  vetting.shown.subscribe((evidence) => {
    heedPutOut(known, evidence).catch((error: unknown) =>
      logger.warn('a peer says that this node was put out, and what it shows does not hold', { error }),
    )
  })
  return vetting
}
