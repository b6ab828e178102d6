import { Button } from '@mantine/core'
import type { CreatedJoinToken } from '@wrale/protocol/api'
import { counted } from '../../model/format.ts'
import { At } from '../../ui/ago.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { CommandLine } from '../../ui/message.tsx'
import { QrCode } from './qr-code.tsx'
import classes from './security.module.css'

/** A token the only time that it is shown: to read, to copy, to scan. */
export function TokenShown({ token, done }: { readonly token: CreatedJoinToken; readonly done: () => void }) {
  return (
    <section className={classes.shown} aria-label="The new token">
      <QrCode text={token.token} label={`QR code of the join token “${token.name}”`} />
      <div className={classes.shownText}>
        <h2>“{token.name}” can be used now, and is shown this once</h2>
        <code className={classes.tokenText} data-testid="join-token">
          {token.token}
        </code>
        <div className={classes.formButtonsStart}>
          <CopyButton withLabel text={token.token} label="Copy the token" />
        </div>
        <p>On each machine, on the same network as any station:</p>
        <CommandLine command={`wrale-edge run --join ${token.token}`} />
        <p className={classes.faint}>
          {counted(token.maxUses, 'machine')} can use it, until <At at={token.expiresAt} />. The picture holds the same
          token, for a phone or an installer with a camera.
        </p>
        <div className={classes.formButtonsStart}>
          <Button onClick={done}>I have it: forget it here</Button>
        </div>
      </div>
    </section>
  )
}
