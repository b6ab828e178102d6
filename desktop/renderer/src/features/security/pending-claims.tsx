import type { PendingClaim } from '@wrale/protocol/api'
import { Ago, Lasting } from '../../ui/ago.tsx'
import classes from './security.module.css'

/** Machines on the network that belong to no fleet, the one that waits longest first. */
export function PendingClaims({ claims }: { readonly claims: readonly PendingClaim[] }) {
  if (claims.length === 0) {
    return (
      <p className={classes.faint}>
        No machine waits on this network now. One that runs wrale-edge without a join token appears here by itself.
      </p>
    )
  }
  return (
    <ul className={classes.claims} aria-label="Machines that wait">
      {claims
        .toSorted((a, b) => (a.firstSeen < b.firstSeen ? -1 : 1))
        .map(({ id, name, role, model, software, address, hint, firstSeen, lastSeen }) => (
          <li key={id} data-testid="pending-claim" data-name={name}>
            <strong>{name}</strong>
            <span>{model ?? 'model not told'}</span>
            <span className={classes.faint}>
              {role}, Wrale {software}
            </span>
            <code>{address.replace(/\/p2p\/[^/]+$/, '')}</code>
            <span className={classes.faint}>
              waits for <Lasting since={firstSeen} />, heard <Ago at={lastSeen} />
            </span>
            {hint !== undefined && (
              <span title="First character of its claim code" className={classes.faint}>
                code <code>{hint}…</code>
              </span>
            )}
          </li>
        ))}
    </ul>
  )
}
