import { Button } from '@mantine/core'
import { toFleetError } from '@wrale/kernel'
import type { CreatedJoinToken, JoinTokenView } from '@wrale/protocol/api'
import { useState } from 'react'
import { useBackend, useNow, useScreen } from '../../app/hooks.ts'
import { tokensSentence } from '../../model/join-tokens.ts'
import { DangerDialog } from '../../ui/danger-dialog.tsx'
import { Failure } from '../../ui/message.tsx'
import { Opening } from '../../ui/opening.tsx'
import { Page } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { useLoaded } from '../../ui/use-loaded.ts'
import classes from './security.module.css'
import { SecurityNav } from './security-nav.tsx'
import { TokenForm } from './token-form.tsx'
import { TokenShown } from './token-shown.tsx'
import { TokensList } from './tokens-list.tsx'

const refreshMs = 5000

/** Tokens with which machines join by themselves. */
export function TokensScreen() {
  const backend = useBackend()
  const { notify } = useScreen()
  const nowMs = Math.floor(useNow() / 10_000) * 10_000
  const tokens = useLoaded(backend.joinTokens, { everyMs: refreshMs })
  const [made, setMade] = useState<CreatedJoinToken>()
  const [making, setMaking] = useState(false)
  const [revoking, setRevoking] = useState<JoinTokenView>()
  const revoke = async (token: JoinTokenView): Promise<void> => {
    await backend.revokeJoinToken(token.id)
    tokens.reload()
  }
  const create: Parameters<typeof TokenForm>[0]['create'] = async (request) => {
    try {
      setMade(await backend.createJoinToken(request))
      setMaking(false)
      tokens.reload()
    } catch (thrown) {
      const { code, message } = toFleetError(thrown)
      notify(`No token was made: ${message} (${code})`, 'fail')
    }
  }
  return (
    <Page title="Join tokens">
      <SecurityNav />
      {tokens.data === undefined && tokens.error === undefined && <Skeleton lines={6} label="Loading the tokens" />}
      {tokens.data === undefined && tokens.error !== undefined && (
        <Failure what="The tokens were not loaded" error={tokens.error} todo="This page keeps trying." />
      )}
      {tokens.data !== undefined && (
        <>
          <Opening
            sentence={tokensSentence(tokens.data, nowMs)}
            note="A machine that is started with a token joins without anyone at a station. Both sides prove that they know it; it never crosses the network."
            actions={!making && made === undefined && <Button onClick={() => setMaking(true)}>New token</Button>}
          />
          {making && <TokenForm create={create} cancel={() => setMaking(false)} />}
          {made !== undefined && <TokenShown token={made} done={() => setMade(undefined)} />}
          {tokens.data.length > 0 && <TokensList tokens={tokens.data} nowMs={nowMs} revoke={setRevoking} />}
        </>
      )}
      {revoking !== undefined && (
        <DangerDialog
          title={`Revoke the token “${revoking.name}”`}
          consequences={[
            `The ${revoking.maxUses - revoking.uses} machines that could still join with it no longer can.`,
            revoking.uses === 0
              ? 'Nobody has joined with it.'
              : `The ${revoking.uses} that joined with it stay members.`,
            'A new token can be made at any time.',
          ]}
          confirmLabel="Revoke the token"
          run={async () => revoke(revoking)}
          result={<strong className={classes.resultLine}>Nobody joins with “{revoking.name}” any more.</strong>}
          close={() => setRevoking(undefined)}
        />
      )}
    </Page>
  )
}
