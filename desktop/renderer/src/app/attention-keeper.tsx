import { useEffect, useMemo } from 'react'
import { useFleet, useLink, useServices } from './hooks.ts'

/** Machines appear by themselves, and no event tells of them. Each look asks the network: seldom is enough here, ms. */
const claimsEveryMs = 60_000

/** Keeps what waits for a person up to date, whatever screen is open. */
export function AttentionKeeper() {
  const { attention } = useServices()
  const live = useLink().phase === 'live'
  const version = useFleet()?.revision?.conflicts
  // Another question each time that the station has something new to say.
  const question = useMemo(() => ({ attention, version }), [attention, version])
  useEffect(() => {
    if (!live) return undefined
    const ended = new AbortController()
    void question.attention.getState().lookForConflicts(ended.signal)
    return () => ended.abort()
  }, [question, live])
  useEffect(() => {
    if (!live) return undefined
    const ended = new AbortController()
    const look = (): void => void (document.hidden || attention.getState().lookForClaims(ended.signal))
    look()
    const timer = window.setInterval(look, claimsEveryMs)
    return () => {
      ended.abort()
      window.clearInterval(timer)
    }
  }, [attention, live])
  return null
}
