import { useEffect, useRef } from 'react'
import { type Command, KeyMatcher } from '../model/keys.ts'

export type CommandHandlers = Partial<Record<Command, () => void>>

/** Keys that controls need for themselves; a list takes them only when nothing else has the focus. */
const controlKeys = new Set(['Enter', ' ', 'ArrowUp', 'ArrowDown', 'Home', 'End'])

/** Runs commands from the keyboard while the component is there. Nothing is taken from fields, dialogs and menus. */
export function useCommands(handlers: CommandHandlers): void {
  const latest = useRef(handlers)
  useEffect(() => {
    latest.current = handlers
  })
  useEffect(() => {
    const matcher = new KeyMatcher()
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return
      const target = event.target instanceof Element ? event.target : document.body
      const command = matcher.match(event, event.timeStamp)
      if (command === undefined || !mayTake(command, event.key, target)) return
      const handler = latest.current[command]
      if (handler === undefined) return
      event.preventDefault()
      handler()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}

function mayTake(command: Command, key: string, target: Element): boolean {
  if (command === 'palette') return true
  if (target.closest('[role="dialog"], [role="menu"]') !== null) return false
  const field =
    target.closest(
      'input:not([type="checkbox"], [type="range"], [type="radio"]), textarea, select, [contenteditable]',
    ) !== null
  if (field) return false
  if (!controlKeys.has(key)) return true
  return target === document.body || target.id === 'main' || target.closest('[data-keys="list"]') !== null
}
