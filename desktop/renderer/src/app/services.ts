import { systemClock } from '@wrale/kernel'
import type { Backend, Watch } from '../backend/backend.ts'
import { type AttentionStore, createAttentionStore } from '../stores/attention-store.ts'
import { type ClockStore, createClockStore } from '../stores/clock-store.ts'
import { EventFrame } from '../stores/event-frame.ts'
import { createFleetStore, type FleetStore } from '../stores/fleet-store.ts'
import { createLinkStore, type LinkStore } from '../stores/link-store.ts'
import { createListStore, type ListStore } from '../stores/list-store.ts'
import { createScreenStore, type ScreenStore } from '../stores/screen-store.ts'
import { createPreferencesStore, type PreferencesStore } from '../stores/preferences-store.ts'
import { comebackOf } from './comeback.ts'
import { PartLoader } from './part-loader.ts'

/** How often a page without a connection looks for nodes past their deadline, ms. */
const expiryMs = 1000

/** All that lives as long as the page. */
export interface Services {
  readonly backend: Backend
  readonly fleet: FleetStore
  readonly link: LinkStore
  readonly clock: ClockStore
  readonly preferences: PreferencesStore
  readonly list: ListStore
  readonly screen: ScreenStore
  readonly attention: AttentionStore
  readonly parts: PartLoader
  /** Begins to watch the fleet, or tries again at once. Idempotent. */
  readonly connect: () => void
  /** Ends the session and forgets what it showed. */
  readonly signOut: () => Promise<void>
}

export function composeServices(
  backend: Backend,
  storage: Pick<Storage, 'getItem' | 'setItem'> | undefined,
  page: Pick<Window, 'addEventListener'>,
): Services {
  const fleet = createFleetStore()
  const link = createLinkStore()
  const clock = createClockStore()
  const frame = new EventFrame((event) => fleet.getState().apply(event))
  let watch: Watch | undefined

  clock.getState().start()
  setInterval(() => {
    if (link.getState().status.phase !== 'live') fleet.getState().expire(clock.getState().nowMs)
  }, expiryMs)

  return {
    backend,
    fleet,
    link,
    clock,
    preferences: createPreferencesStore(storage),
    list: createListStore(),
    screen: createScreenStore(),
    attention: createAttentionStore(backend),
    parts: new PartLoader({ clock: systemClock, comeback: comebackOf(link, page) }),
    connect() {
      if (watch !== undefined) return watch.retry()
      watch = backend.watch({
        onEvent(event) {
          clock.getState().heard(Date.parse(event.at))
          frame.push(event)
        },
        onLink: (status) => link.getState().set(status),
      })
    },
    async signOut() {
      await backend.signOut()
      watch?.stop()
      watch = undefined
      frame.clear()
      fleet.getState().forget()
    },
  }
}
