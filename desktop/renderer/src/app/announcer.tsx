import { VisuallyHidden } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { announcement, type StateChange, stateChanges } from '../model/announce.ts'
import { useServices } from './hooks.ts'

/** Changes within this time are one announcement, ms. */
const coalesceMs = 2000

/** Tells screen readers of changed states, politely and seldom. */
export function Announcer() {
  const { fleet } = useServices()
  const [text, setText] = useState('')
  const waiting = useRef<StateChange[]>([])
  useEffect(() => {
    let timer: number | undefined
    const unsubscribe = fleet.subscribe((now, before) => {
      if (before.nodes.size === 0) return
      const changes = stateChanges(before.nodes, now.nodes)
      if (changes.length === 0) return
      waiting.current.push(...changes)
      timer ??= window.setTimeout(() => {
        timer = undefined
        setText(announcement(waiting.current))
        waiting.current = []
      }, coalesceMs)
    })
    return () => {
      unsubscribe()
      window.clearTimeout(timer)
    }
  }, [fleet])
  return (
    <VisuallyHidden component="output" aria-live="polite">
      {text}
    </VisuallyHidden>
  )
}
