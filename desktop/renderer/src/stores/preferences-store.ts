import { createStore, type StoreApi } from 'zustand/vanilla'

export const themeChoices = ['system', 'dark', 'light', 'outdoor'] as const
export type ThemeChoice = (typeof themeChoices)[number]
export const densities = ['comfortable', 'compact'] as const
export type Density = (typeof densities)[number]

export interface Preferences {
  readonly theme: ThemeChoice
  readonly density: Density
  /** Absolute times in UTC; else in the browser's zone. */
  readonly utc: boolean
  /** The rail shows icons alone. */
  readonly railCollapsed: boolean
}

export interface PreferenceActions {
  readonly update: (change: Partial<Preferences>) => void
}

export type PreferencesStore = StoreApi<Preferences & PreferenceActions>

/** Key in the browser's storage; `public/theme.js` reads it before the first paint. */
export const preferencesKey = 'wrale.preferences'
export const defaultPreferences: Preferences = {
  theme: 'system',
  density: 'comfortable',
  utc: false,
  railCollapsed: false,
}

/** Stored text as preferences; whatever is missing or damaged takes its default. */
export function parsePreferences(text: string | null): Preferences {
  let stored: Partial<Record<keyof Preferences, unknown>> = {}
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    if (typeof value === 'object' && value !== null) stored = value
  } catch {
    return defaultPreferences
  }
  return {
    theme: themeChoices.find((choice) => choice === stored.theme) ?? defaultPreferences.theme,
    density: densities.find((choice) => choice === stored.density) ?? defaultPreferences.density,
    utc: stored.utc === true,
    railCollapsed: stored.railCollapsed === true,
  }
}

/** @param storage where choices are kept; a browser that forbids storage still works, it only forgets */
export function createPreferencesStore(storage: Pick<Storage, 'getItem' | 'setItem'> | undefined): PreferencesStore {
  const attempt = <T>(task: () => T): T | undefined => {
    try {
      return task()
    } catch {
      return undefined
    }
  }
  const stored = attempt(() => storage?.getItem(preferencesKey) ?? null) ?? null
  const store = createStore<Preferences & PreferenceActions>()((set) => ({
    ...parsePreferences(stored),
    update: (change) => set(change),
  }))
  store.subscribe(({ theme, density, utc, railCollapsed }) => {
    attempt(() => storage?.setItem(preferencesKey, JSON.stringify({ theme, density, utc, railCollapsed })))
  })
  return store
}
