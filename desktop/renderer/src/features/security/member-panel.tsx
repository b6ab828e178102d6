import { Button } from '@mantine/core'
import type { MemberView } from '@wrale/protocol/api'
import { useState } from 'react'
import { Link } from 'wouter'
import { standingMeanings, standingOf } from '../../model/members.ts'
import { Ago, At } from '../../ui/ago.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Fact, Facts, Panel, PanelLead } from '../../ui/panel.tsx'
import { RevokeDialog } from './revoke-dialog.tsx'
import classes from './security.module.css'
import { StandingMark } from './standing-mark.tsx'

interface MemberPanelProps {
  readonly member: MemberView
  readonly close: () => void
  readonly onChanged: () => void
}

/** One member: its certificate, and the way out of the fleet. */
export function MemberPanel({ member, close, onChanged }: MemberPanelProps) {
  const [revoking, setRevoking] = useState(false)
  const { id, name, role, state, self, admin, serial, issuedAt, issuedBy, expiresAt, lastSeen } = member
  const standing = standingOf(member)
  return (
    <Panel title={name} close={close}>
      <PanelLead>
        <StandingMark member={member} />
        <span className={classes.meaning}>{standingMeanings[standing]}</span>
      </PanelLead>
      {standing === 'cloned' && <Cloned member={member} />}
      <Facts>
        <Fact label="Role">
          {role}
          {admin && ', may let others in'}
          {self && ' (this station)'}
        </Fact>
        <Fact label="Last seen">
          <Ago at={lastSeen} />
        </Fact>
        <Fact label="Certificate">
          <code>{serial}</code>
        </Fact>
        <Fact label="Issued">
          <At at={issuedAt} />
        </Fact>
        <Fact label="By">{issuedBy === null ? 'the fleet’s root key' : issuedBy.name}</Fact>
        <Fact label="Valid until">{expiresAt === null ? 'no end' : <At at={expiresAt} />}</Fact>
        <Fact label="Id">
          <span className={classes.idLine}>
            <code>{id}</code>
            <CopyButton size="sm" text={id} label="Copy the id" />
          </span>
        </Fact>
        <End member={member} />
      </Facts>
      {role === 'node' && state === 'active' && (
        <Button component={Link} href={`/nodes/${id}`} variant="default" fullWidth>
          Open {name}
        </Button>
      )}
      {state === 'active' && self && (
        <p className={classes.faint}>A station does not put itself out: revoke it at another station.</p>
      )}
      {(state === 'active' || state === 'expired') && !self && (
        <Button variant="default" className={classes.revoke ?? ''} fullWidth onClick={() => setRevoking(true)}>
          Revoke {name}
        </Button>
      )}
      {revoking && <RevokeDialog member={member} close={() => setRevoking(false)} onRevoked={onChanged} />}
    </Panel>
  )
}

function Cloned({ member: { name, clonedAt } }: { readonly member: MemberView }) {
  return (
    <section className={classes.cloned} aria-label="Cloned identity">
      <p>
        <strong>Two live boards answer with the key of {name}.</strong> An SD card was copied, or the key was stolen.
        Neither is trusted to be the right one.
      </p>
      <ul>
        {clonedAt.map((place) => (
          <li key={place}>
            <code>{place}</code>
          </li>
        ))}
      </ul>
      <p>
        Switch one board off, reset it (wrale-edge reset --new-identity) and let it join as a member of its own; or
        revoke the key.
      </p>
    </section>
  )
}

/** How its membership ended. */
function End({ member: { revokedAt, revokedBy, reason, replacedBy } }: { readonly member: MemberView }) {
  return (
    <>
      {revokedAt !== null && (
        <Fact label="Put out">
          <At at={revokedAt} />
          {revokedBy !== null && ` by ${revokedBy.name}`}
        </Fact>
      )}
      {reason !== null && <Fact label="Because">{reason}</Fact>}
      {replacedBy !== null && <Fact label="Replaced by">{replacedBy.name}</Fact>}
    </>
  )
}
