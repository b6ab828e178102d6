import { useEffect, useState } from 'react'

/** True once `ms` have passed since the component appeared: what is quick needs no sign that it is under way. */
export function useAfter(ms: number): boolean {
  const [passed, setPassed] = useState(false)
  useEffect(() => {
    const timer = window.setTimeout(() => setPassed(true), ms)
    return () => window.clearTimeout(timer)
  }, [ms])
  return passed
}
