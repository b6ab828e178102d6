import { Button, Modal } from '@mantine/core'
import { type FleetError, toFleetError } from '@wrale/kernel'
import type { CreatedJoinToken } from '@wrale/protocol/api'
import { useState } from 'react'
import { Link } from 'wouter'
import { At } from '../ui/ago.tsx'
import { CommandLine, Failure } from '../ui/message.tsx'
import classes from './join-dialog.module.css'
import { useBackend, useDialog, useScreen } from './hooks.ts'

/** Makes a token with which one node joins, and shows it the only time that it can be shown. */
export function JoinDialog() {
  const dialog = useDialog()
  const { close } = useScreen()
  return (
    <Modal
      opened={dialog === 'join'}
      onClose={close}
      title="Add a node"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
      attributes={{ header: { role: 'presentation' } }}
    >
      <JoinSteps />
    </Modal>
  )
}

function JoinSteps() {
  const backend = useBackend()
  const { close } = useScreen()
  const [token, setToken] = useState<CreatedJoinToken>()
  const [error, setError] = useState<FleetError>()
  const make = async (): Promise<void> => {
    setError(undefined)
    try {
      setToken(await backend.createJoinToken({ name: 'from the web UI', ttlSeconds: 86_400, maxUses: 1 }))
    } catch (thrown) {
      setError(toFleetError(thrown))
    }
  }
  if (token !== undefined) {
    return (
      <div className={classes.steps}>
        <p>Run this on the node, on the same network as this station:</p>
        <CommandLine command={`wrale-edge run --join ${token.token}`} />
        <p className={classes.note}>
          One node can use it, until <At at={token.expiresAt} />. It is shown this once: closing this window forgets it.
        </p>
      </div>
    )
  }
  return (
    <div className={classes.steps}>
      <p>
        A node joins with a token. Both sides prove that they know it; it never crosses the network. One node can use
        it, within a day.
      </p>
      {error !== undefined && (
        <Failure
          what="No token was made"
          error={error}
          todo="Try again; without a connection, run “wrale join-token create” on the station."
        />
      )}
      <Button onClick={make}>Make a join token</Button>
      <p className={classes.note}>
        For many machines, or a QR code:{' '}
        <Link href="/security/tokens" onClick={close}>
          Join tokens
        </Link>
        . For a machine that already runs and shows a code:{' '}
        <Link href="/security/members" onClick={close}>
          claim it
        </Link>
        .
      </p>
    </div>
  )
}
