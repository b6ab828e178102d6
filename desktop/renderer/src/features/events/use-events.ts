import { type FleetError, toFleetError } from '@wrale/kernel'
import type { EventView } from '@wrale/protocol/api'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useBackend, useFleet, useLink } from '../../app/hooks.ts'
import { type EventsQuery, newerThan } from '../../model/events.ts'

const pageSize = 100
/** Where the station does not count its events, they are asked for this often, ms. */
const everyMs = 10_000
/** Older rows go when there are more: the list is for reading, not for keeping. */
const mostRows = 5000

interface EventsState {
  readonly items: readonly EventView[]
  /** Newer ones that wait until the person wants them. */
  readonly waiting: readonly EventView[]
  readonly nextCursor: string | undefined
  readonly phase: 'loading' | 'ready' | 'failed'
  readonly error: FleetError | undefined
  readonly loadingOlder: boolean
}

const nothing: EventsState = {
  items: [],
  waiting: [],
  nextCursor: undefined,
  phase: 'loading',
  error: undefined,
  loadingOlder: false,
}

export interface LoadedEvents extends EventsState {
  readonly showWaiting: () => void
  readonly loadOlder: () => Promise<void>
}

/** Events that fit a filter, newest first, a page at a time. What happens meanwhile waits above. */
export function useEvents({ severity, name, member }: EventsQuery): LoadedEvents {
  const backend = useBackend()
  const live = useLink().phase === 'live'
  const version = useFleet()?.revision?.events
  const key = `${severity ?? ''} ${name} ${member ?? ''}`
  const [{ of, state }, setKept] = useState({ of: key, state: nothing })
  const shown = of === key ? state : nothing
  const filter = useCallback(
    () => ({
      limit: pageSize,
      ...(severity === undefined ? {} : { severity }),
      ...(name === '' ? {} : { name }),
      ...(member === undefined ? {} : { member }),
    }),
    [severity, name, member],
  )
  const change = useCallback(
    (next: (before: EventsState) => EventsState) =>
      setKept((before) => ({ of: key, state: next(before.of === key ? before.state : nothing) })),
    [key],
  )
  // Another question each time that the station recorded something.
  const question = useMemo(() => ({ backend, filter, version }), [backend, filter, version])
  useEffect(() => {
    if (!live) return undefined
    const ended = new AbortController()
    const look = async (): Promise<void> => {
      try {
        const page = await question.backend.events(question.filter(), ended.signal)
        if (!ended.signal.aborted) change((before) => withFirstPage(before, page.items, page.nextCursor))
      } catch (error) {
        if (!ended.signal.aborted)
          change((before) => ({
            ...before,
            phase: before.phase === 'ready' ? 'ready' : 'failed',
            error: toFleetError(error),
          }))
      }
    }
    void look()
    const timer = window.setInterval(() => void (document.hidden || look()), everyMs)
    return () => {
      ended.abort()
      window.clearInterval(timer)
    }
  }, [question, live, change])
  const { nextCursor } = shown
  return {
    ...shown,
    showWaiting: () =>
      change((before) => ({ ...before, items: [...before.waiting, ...before.items].slice(0, mostRows), waiting: [] })),
    async loadOlder() {
      if (nextCursor === undefined) return
      change((before) => ({ ...before, loadingOlder: true }))
      try {
        const page = await backend.events({ ...filter(), cursor: nextCursor }, new AbortController().signal)
        change((before) => ({
          ...before,
          items: [...before.items, ...page.items],
          nextCursor: before.items.length + page.items.length >= mostRows ? undefined : page.nextCursor,
          loadingOlder: false,
          error: undefined,
        }))
      } catch (error) {
        change((before) => ({ ...before, loadingOlder: false, error: toFleetError(error) }))
      }
    },
  }
}

/** The first page again: what is new in it waits; after a long absence the list begins anew. */
function withFirstPage(before: EventsState, fresh: readonly EventView[], nextCursor: string | undefined): EventsState {
  if (before.phase !== 'ready' || before.items.length === 0)
    return { ...nothing, items: fresh, nextCursor, phase: 'ready' }
  const { items, hole } = newerThan([...before.waiting, ...before.items], fresh)
  if (hole) return { ...nothing, items: fresh, nextCursor, phase: 'ready' }
  if (items.length === 0) return before.error === undefined ? before : { ...before, error: undefined }
  return { ...before, waiting: [...items, ...before.waiting], error: undefined }
}
