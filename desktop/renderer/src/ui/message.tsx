import type { FleetError } from '@wrale/kernel'
import type { ReactNode } from 'react'
import { CopyButton } from './copy-button.tsx'
import classes from './message.module.css'

interface MessageProps {
  readonly title: string
  /** It is all that the page has to say: its title is the page's. */
  readonly whole?: boolean
  readonly children?: ReactNode
  /** What the person can do, the best first. */
  readonly actions?: ReactNode
  /** To be quoted when asking for help. */
  readonly code?: string
  readonly role?: 'alert'
}

/** A screen, or the place of one, that has something to say instead of something to show. */
export function Message({ title, whole = false, children, actions, code, role }: MessageProps) {
  const Title = whole ? 'h1' : 'h2'
  return (
    <section className={classes.message} role={role}>
      <Title>{title}</Title>
      {children}
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      {code !== undefined && <p className={classes.code}>Code: {code}</p>}
    </section>
  )
}

/** What went wrong, why, and the code; `todo` says what to do. */
export function Failure({
  what,
  error,
  todo,
  actions,
}: {
  readonly what: string
  readonly error: FleetError
  readonly todo: string
  readonly actions?: ReactNode
}) {
  return (
    <Message title={what} code={error.code} role="alert" actions={actions}>
      <p>
        {asSentence(error.message)} {todo}
      </p>
    </Message>
  )
}

function asSentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.?]$/.test(capital) ? capital : `${capital}.`
}

/** A command to run elsewhere, ready to copy. */
export function CommandLine({ command }: { readonly command: string }) {
  return (
    <div className={classes.command}>
      <code>{command}</code>
      <CopyButton text={command} label="Copy command" />
    </div>
  )
}
