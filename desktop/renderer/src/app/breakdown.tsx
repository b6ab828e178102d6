import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { copyText } from '../ui/clipboard.ts'
import { Message } from '../ui/message.tsx'
import type { FailedProps } from './boundary.tsx'
import { breakdownDetails, type BrokenPlace, breakdownWords } from './breakdown-words.ts'
import classes from './breakdown.module.css'
import { PartError } from './part-loader.ts'

interface BreakdownProps extends FailedProps {
  readonly place: BrokenPlace
  /** Puts it away, where it lies over something else. */
  readonly close?: () => void
}

/** Stands in place of what failed. It needs no provider and no service: they may be what failed. */
export function Breakdown({ place, caught, retry, close }: BreakdownProps) {
  const { error, components } = caught
  const { title, what, todo, code } = breakdownWords(place, error)
  const [at] = useState(() => new Date())
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // The focus was on what is gone, or on what holds this; elsewhere the person is busy, and hears of it as an alert.
    const focused = document.activeElement
    if (focused === null || focused.contains(box.current)) box.current?.focus()
  }, [])
  useLayoutEffect(() => {
    const element = box.current
    // The button that was pressed goes away with the rest: reading goes on at what comes instead.
    return () => {
      if (element?.contains(document.activeElement)) document.querySelector<HTMLElement>('#main')?.focus()
    }
  }, [])
  const details = breakdownDetails(error, { at, address: new URL(window.location.href), components })
  return (
    <div ref={box} tabIndex={-1} className={classes.box} data-testid="breakdown" data-place={place}>
      <Message
        whole={place !== 'overlays'}
        title={title}
        code={code}
        role="alert"
        actions={
          <>
            <button type="button" className={classes.button} data-first onClick={retry}>
              Try again
            </button>
            <button type="button" className={classes.button} onClick={() => window.location.reload()}>
              Reload
            </button>
            {close !== undefined && (
              <button type="button" className={classes.button} onClick={close}>
                Close
              </button>
            )}
          </>
        }
      >
        <p>{what}</p>
        <p>{todo}</p>
      </Message>
      <Details text={details} />
    </div>
  )
}

function Details({ text }: { readonly text: string }) {
  const [outcome, setOutcome] = useState('')
  return (
    <details className={classes.details}>
      <summary>Details</summary>
      <textarea readOnly rows={10} aria-label="Details of the failure" value={text} />
      <button
        type="button"
        className={classes.button}
        onClick={async () => setOutcome((await copyText(text)) ? 'Copied' : 'The browser refused to copy')}
      >
        Copy the details
      </button>{' '}
      <output>{outcome}</output>
    </details>
  )
}

/** A failed part may be asked for anew, and is when there is reason to. */
export function useAgain({ caught: { error }, retry }: FailedProps): void {
  useEffect(() => {
    if (!(error instanceof PartError)) return undefined
    error.release()
    return error.again.subscribe(retry)
  }, [error, retry])
}
