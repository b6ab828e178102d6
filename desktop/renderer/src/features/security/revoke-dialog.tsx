import { TextInput } from '@mantine/core'
import type { MemberView } from '@wrale/protocol/api'
import { useState } from 'react'
import { useBackend } from '../../app/hooks.ts'
import { revokeConsequences } from '../../model/members.ts'
import { At } from '../../ui/ago.tsx'
import { DangerDialog } from '../../ui/danger-dialog.tsx'
import { useLoaded } from '../../ui/use-loaded.ts'

interface RevokeDialogProps {
  readonly member: MemberView
  readonly close: () => void
  readonly onRevoked: () => void
}

const maxReason = 200

/** Puts a member out, after saying what that does. */
export function RevokeDialog({ member, close, onRevoked }: RevokeDialogProps) {
  const backend = useBackend()
  const mesh = useLoaded(backend.mesh).data
  const [reason, setReason] = useState('')
  const [at, setAt] = useState('')
  const links = mesh?.links.filter(({ a, b }) => a === member.id || b === member.id).length
  const revoke = async (): Promise<void> => {
    await backend.revokeMember(member.id, reason.trim() === '' ? undefined : reason.trim())
    setAt(new Date().toISOString())
    onRevoked()
  }
  return (
    <DangerDialog
      title={`Revoke ${member.name}`}
      consequences={revokeConsequences(member, links)}
      typed={member.name}
      confirmLabel={`Revoke ${member.name}`}
      run={revoke}
      close={close}
      result={
        <>
          <strong>{member.name} is out of the fleet.</strong>
          {at !== '' && (
            <span>
              Revoked <At at={at} />.
            </span>
          )}
        </>
      }
    >
      <TextInput
        label="Reason"
        description="Kept with the revocation, for whoever asks later."
        value={reason}
        maxLength={maxReason}
        autoComplete="off"
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </DangerDialog>
  )
}
