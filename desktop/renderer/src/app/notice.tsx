import { CloseButton } from '@mantine/core'
import { useEffect } from 'react'
import { useNotice, useScreen } from './hooks.ts'
import classes from './notice.module.css'

/** How long a good outcome stays, ms. A failure stays until it is dismissed. */
const stayMs = 6000

/** The outcome of what the person did last, heard by screen readers too. */
export function NoticeArea() {
  const notice = useNotice()
  const { dismiss } = useScreen()
  useEffect(() => {
    if (notice === undefined || notice.tone === 'fail') return undefined
    const timer = window.setTimeout(dismiss, stayMs)
    return () => window.clearTimeout(timer)
  }, [notice, dismiss])
  return (
    <output className={classes.area}>
      {notice !== undefined && (
        <span key={notice.id} className={classes.notice} data-tone={notice.tone}>
          <span>{notice.text}</span>
          <CloseButton size="sm" aria-label="Dismiss" onClick={dismiss} />
        </span>
      )}
    </output>
  )
}
