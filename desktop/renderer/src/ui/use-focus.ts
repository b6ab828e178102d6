import { type RefObject, useEffect, useRef } from 'react'

/** Takes the focus when it appears: for a field that somebody just asked for. */
export function useFocus<T extends HTMLElement>(): RefObject<T | null> {
  const element = useRef<T>(null)
  useEffect(() => element.current?.focus(), [])
  return element
}
