import { Button, CloseButton } from '@mantine/core'
import { useEffect } from 'react'
import type { NoticeAction } from '../stores/screen-store.ts'
import { useNotice, useScreen } from './hooks.ts'
import classes from './notice.module.css'

/** How long a good outcome stays, ms; longer when it can be undone. A failure stays until it is dismissed. */
const stayMs = { plain: 6000, undoable: 12_000 } as const

/** The outcome of what the person did last, heard by screen readers too. */
export function NoticeArea() {
  const notice = useNotice()
  const { dismiss } = useScreen()
  useEffect(() => {
    if (notice === undefined || notice.tone === 'fail') return undefined
    const timer = window.setTimeout(dismiss, notice.action === undefined ? stayMs.plain : stayMs.undoable)
    return () => window.clearTimeout(timer)
  }, [notice, dismiss])
  const act = (action: NoticeAction | undefined): void => {
    dismiss()
    action?.run()
  }
  return (
    <output className={classes.area}>
      {notice !== undefined && (
        <span key={notice.id} className={classes.notice} data-tone={notice.tone}>
          <span>{notice.text}</span>
          {notice.action !== undefined && (
            <Button size="compact-sm" variant="default" onClick={() => act(notice.action)}>
              {notice.action.label}
            </Button>
          )}
          <CloseButton size="sm" aria-label="Dismiss" onClick={dismiss} />
        </span>
      )}
    </output>
  )
}
