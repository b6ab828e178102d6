import { type FleetError, toFleetError } from '@wrale/kernel'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useLink } from '../app/hooks.ts'

export interface Loaded<T> {
  readonly data: T | undefined
  /** Of the latest try; what was loaded before stays. */
  readonly error: FleetError | undefined
  readonly reload: () => void
}

interface LoadOptions {
  /** Asks again this often while the page is seen, ms; absent: only when told to. */
  readonly everyMs?: number
  /** Asks again when it changes. */
  readonly version?: number | string | undefined
}

/**
 * What the station answers, asked again by itself. An answer that says the same as the one before keeps its identity, so that
 * nothing is drawn anew. Nothing is asked while the link is down.
 * @param load must keep its identity between renderings
 */
export function useLoaded<T>(
  load: (signal: AbortSignal) => Promise<T>,
  { everyMs, version }: LoadOptions = {},
): Loaded<T> {
  const live = useLink().phase === 'live'
  const [state, setState] = useState<Omit<Loaded<T>, 'reload'>>({ data: undefined, error: undefined })
  const said = useRef('')
  const [turn, setTurn] = useState(0)
  // Another question each time that the answer may be another one.
  const question = useMemo(() => ({ load, version, turn }), [load, version, turn])
  useEffect(() => {
    if (!live) return undefined
    const ended = new AbortController()
    let asking = false
    const ask = async (): Promise<void> => {
      // One that does not answer is not asked again meanwhile.
      if (asking) return
      asking = true
      try {
        const data = await question.load(ended.signal)
        if (ended.signal.aborted) return
        const text = JSON.stringify(data)
        if (text === said.current)
          setState((before) => (before.error === undefined ? before : { ...before, error: undefined }))
        else setState({ data, error: undefined })
        said.current = text
      } catch (error) {
        if (!ended.signal.aborted) setState(({ data }) => ({ data, error: toFleetError(error) }))
      } finally {
        asking = false
      }
    }
    void ask()
    const timer = everyMs === undefined ? undefined : window.setInterval(() => void (document.hidden || ask()), everyMs)
    return () => {
      ended.abort()
      window.clearInterval(timer)
    }
  }, [question, live, everyMs])
  const reload = useCallback(() => setTurn((before) => before + 1), [])
  return { ...state, reload }
}
