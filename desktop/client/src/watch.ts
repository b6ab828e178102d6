import { type BackoffOptions, backoffMs, type Clock, type FleetError, systemClock } from '@wrale/kernel'
import type { FleetEvent } from '@wrale/protocol/api'
import type { FleetClient } from './client.ts'
import { errorOfCall } from './errors.ts'

export type FleetSnapshot = Extract<FleetEvent, { type: 'snapshot' }>
export type FleetChange = Extract<FleetEvent, { type: 'changed' }>

/** How the watcher stands to its station. Times are wall-clock milliseconds since the Unix epoch on this machine. */
export type ConnectionState =
  | { readonly state: 'connecting' }
  | { readonly state: 'live'; readonly sinceMs: number }
  | {
      readonly state: 'reconnecting'
      /** Failed attempts in a row, from 1. */
      readonly attempt: number
      /** When the next attempt begins; null while one is under way. */
      readonly nextTryAtMs: number | null
      /** When the watcher was last live; null when it never was. */
      readonly lastLiveMs: number | null
      readonly error: FleetError
    }
  /** The station does not know the caller. The watcher rests until `retryNow`. */
  | { readonly state: 'signed-out'; readonly error: FleetError }

/** Called synchronously, one at a time, in the order of the stream. They must not throw. */
export interface FleetWatchHandlers {
  /** All there is; it replaces what was known. First of each connection, and whenever this watcher was too slow for changes. */
  onSnapshot(snapshot: FleetSnapshot): void
  /** What became different since the event before. */
  onChange(change: FleetChange): void
  onConnection(connection: ConnectionState): void
}

export interface FleetWatchOptions {
  /** Ends the watch. */
  readonly signal: AbortSignal
  /** Waits between attempts. Default 500 ms growing to 10 s. */
  readonly backoff?: BackoffOptions
  readonly clock?: Clock
}

export interface FleetWatch {
  /** Tries at once instead of waiting: the network came back, the person signed in or asked for it. Harmless while live. */
  retryNow(): void
  /** Resolves when the watch has ended. */
  readonly done: Promise<void>
}

/** A connection that lived this long was a good one: its loss starts the waits from the shortest again. */
const steadyMs = 5000

/** Keeps a live view of the fleet over any transport, and says how the connection stands. */
export function watchFleet(client: FleetClient, handlers: FleetWatchHandlers, options: FleetWatchOptions): FleetWatch {
  const { signal, backoff = { firstMs: 500, maxMs: 10_000 }, clock = systemClock } = options
  let wake: () => void = () => undefined

  /** Waits for `delayMs` (null: for ever), for `retryNow`, or for the end of the watch. */
  const rest = async (delayMs: number | null): Promise<void> => {
    if (signal.aborted) return
    await new Promise<void>((resolve) => {
      const cancel = delayMs === null ? () => undefined : clock.schedule(delayMs, () => wake())
      wake = () => {
        wake = () => undefined
        cancel()
        signal.removeEventListener('abort', wake)
        resolve()
      }
      signal.addEventListener('abort', () => wake(), { once: true })
    })
  }

  const run = async (): Promise<void> => {
    let attempt = 0
    let liveSince: { wallMs: number; monotonicMs: number } | undefined
    let lastLiveMs: number | null = null
    const follow = async (): Promise<void> => {
      for await (const event of await client.fleet.watch(undefined, { signal })) {
        if (signal.aborted) return
        if (liveSince === undefined) {
          liveSince = { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() }
          handlers.onConnection({ state: 'live', sinceMs: liveSince.wallMs })
        }
        if (event.type === 'snapshot') handlers.onSnapshot(event)
        else if (event.type === 'changed') handlers.onChange(event)
      }
    }
    handlers.onConnection({ state: 'connecting' })
    while (!signal.aborted) {
      let failure: unknown
      try {
        await follow()
      } catch (thrown) {
        failure = thrown
      }
      if (signal.aborted) return
      const error = errorOfCall(failure)
      if (liveSince !== undefined) {
        lastLiveMs = clock.wallMs()
        if (clock.monotonicMs() - liveSince.monotonicMs >= steadyMs) attempt = 0
        liveSince = undefined
      }
      if (error.code === 'UNAUTHENTICATED') {
        handlers.onConnection({ state: 'signed-out', error })
        await rest(null)
        attempt = 0
        if (!signal.aborted) handlers.onConnection({ state: 'connecting' })
      } else {
        const delayMs = backoffMs(attempt++, backoff)
        const lost = { state: 'reconnecting', attempt, lastLiveMs, error } as const
        handlers.onConnection({ ...lost, nextTryAtMs: clock.wallMs() + delayMs })
        await rest(delayMs)
        if (!signal.aborted) handlers.onConnection({ ...lost, nextTryAtMs: null })
      }
    }
  }
  return { retryNow: () => wake(), done: run() }
}
