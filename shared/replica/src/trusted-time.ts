import type { Clock } from '@wrale/kernel'
import { TrustedTime } from '@wrale/protocol/membership'
import type { Certificate } from '@wrale/protocol/signing'
import type { Replica } from './replica.ts'

/**
 * The time by which certificates expire, learnt from this member's own certificate and from stamps of intents: those alone are held against the
 * receiver's own time before they are taken. Call when the records are open.
 */
export function trustedTimeOf(
  replica: Pick<Replica, 'entries' | 'changed'>,
  clock: Pick<Clock, 'wallMs'>,
  own: Pick<Certificate, 'notBefore'>,
): TrustedTime {
  const time = new TrustedTime(clock, own.notBefore)
  for (const { record } of replica.entries('intent')) time.learn(record.hlc[0])
  replica.changed.subscribe(({ record }) => {
    if (record.kind === 'intent') time.learn(record.hlc[0])
  })
  return time
}
