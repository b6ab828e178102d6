import { Button, Modal, TextInput } from '@mantine/core'
import { type FleetError, toFleetError } from '@wrale/kernel'
import { type ReactNode, useState } from 'react'
import classes from './danger-dialog.module.css'
import { Failure } from './message.tsx'

interface DangerDialogProps {
  readonly title: string
  /** What happens, one sentence a line, numbers included. */
  readonly consequences: readonly string[]
  /** What has to be typed, because it cannot be undone; absent: a click is enough. */
  readonly typed?: string
  readonly confirmLabel: string
  /** The questions are answered. Default: true. */
  readonly isReady?: boolean
  /** Does it. What it rejects with is shown, and can be tried again. */
  readonly run: () => Promise<void>
  /** Stays on the screen when it is done. */
  readonly result: ReactNode
  readonly close: () => void
  /** Questions before the deed. */
  readonly children?: ReactNode
}

/** Before something that hurts: what it does, in words and numbers; the focus is on the safe way out. */
export function DangerDialog(props: DangerDialogProps) {
  const { title, consequences, typed, confirmLabel, isReady = true, run, result, close, children } = props
  const [step, setStep] = useState<'asking' | 'doing' | 'done'>('asking')
  const [error, setError] = useState<FleetError>()
  const [text, setText] = useState('')
  const ready = isReady && (typed === undefined || text.trim() === typed)
  const act = async (): Promise<void> => {
    if (!ready || step !== 'asking') return
    setStep('doing')
    setError(undefined)
    try {
      await run()
      setStep('done')
    } catch (thrown) {
      setError(toFleetError(thrown))
      setStep('asking')
    }
  }
  return (
    <Modal
      opened
      onClose={close}
      title={title}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
      attributes={{ header: { role: 'presentation' } }}
    >
      {step === 'done' ? (
        <div className={classes.form}>
          <output className={classes.result}>{result}</output>
          <div className={classes.buttons}>
            <Button onClick={close} data-autofocus>
              Close
            </Button>
          </div>
        </div>
      ) : (
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault()
            void act()
          }}
        >
          <ul className={classes.consequences} aria-label="What happens">
            {consequences.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          {children}
          {typed !== undefined && (
            <TextInput
              label={
                <>
                  This cannot be undone. Type <strong>{typed}</strong> to confirm
                </>
              }
              value={text}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          )}
          {error !== undefined && <Failure what="It was not done" error={error} todo="Nothing was changed." />}
          <div className={classes.buttons}>
            <Button variant="default" onClick={close} data-autofocus>
              Cancel
            </Button>
            <Button type="submit" className={classes.danger ?? ''} disabled={!ready} loading={step === 'doing'}>
              {confirmLabel}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  )
}
