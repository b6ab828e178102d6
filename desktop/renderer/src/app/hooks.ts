import type { Conflict, Fleet, Node as FleetNode } from '@wrale/protocol/api'
import { useMediaQuery } from '@mantine/hooks'
import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import type { Backend, LinkStatus } from '../backend/backend.ts'
import { ago } from '../model/format.ts'
import type { TimeStyle } from '../model/time.ts'
import { selectClaims, selectConflicts } from '../stores/attention-store.ts'
import { selectNow, selectSkew } from '../stores/clock-store.ts'
import { selectFleet, selectHeardAt, selectNode, selectNodes } from '../stores/fleet-store.ts'
import { selectLink } from '../stores/link-store.ts'
import type { Density, Preferences, ThemeChoice } from '../stores/preferences-store.ts'
import {
  type DialogName,
  type Notice,
  type ScreenActions,
  selectCameFrom,
  selectDialog,
  selectNotice,
} from '../stores/screen-store.ts'
import { resolveTheme, rowHeight, type ThemeName } from '../theme/resolve.ts'
import type { Services } from './services.ts'

export const ServicesContext = createContext<Services | undefined>(undefined)

export function useServices(): Services {
  const services = useContext(ServicesContext)
  if (services === undefined) throw new Error('ServicesContext has no provider')
  return services
}

export const useBackend = (): Backend => useServices().backend

export const useFleet = (): Fleet | undefined => useStore(useServices().fleet, selectFleet)
export const useNodes = (): ReadonlyMap<string, FleetNode> => useStore(useServices().fleet, selectNodes)
export const useNode = (id: string): FleetNode | undefined => useStore(useServices().fleet, selectNode(id))
/** Station's time of the latest news; undefined until the first. */
export const useHeardAt = (): number | undefined => useStore(useServices().fleet, selectHeardAt)

/** Machines that wait to be claimed. */
export const useWaitingClaims = (): number => useStore(useServices().attention, selectClaims)
/** Fields that wait for a decision; undefined until the station told. */
export const useConflicts = (): readonly Conflict[] | undefined => useStore(useServices().attention, selectConflicts)

export const useLink = (): LinkStatus => useStore(useServices().link, selectLink)

/** Now by the station's clock, in steps of a second. Re-renders every second: prefer `useAgo` for text. */
export const useNow = (): number => useStore(useServices().clock, selectNow)
export const useSkew = (): number => useStore(useServices().clock, selectSkew)

/** "4 min ago", re-rendered only when the text changes. */
export const useAgo = (atMs: number): string => useStore(useServices().clock, (state) => ago(selectNow(state) - atMs))

/** A text that depends on the time, re-rendered only when it changes. */
export const useTimed = (text: (nowMs: number) => string): string =>
  useStore(useServices().clock, (state) => text(selectNow(state)))

export const useUtc = (): boolean => useStore(useServices().preferences, ({ utc }) => utc)
export const useThemeChoice = (): ThemeChoice => useStore(useServices().preferences, ({ theme }) => theme)
export const useDensity = (): Density => useStore(useServices().preferences, ({ density }) => density)
export const useRailCollapsed = (): boolean => useStore(useServices().preferences, ({ railCollapsed }) => railCollapsed)

export function useUpdatePreferences(): (change: Partial<Preferences>) => void {
  return useStore(useServices().preferences, ({ update }) => update)
}

const utcStyle: TimeStyle = { utc: true }
const localStyle: TimeStyle = { utc: false }

export function useTimeStyle(): TimeStyle {
  return useUtc() ? utcStyle : localStyle
}

export const useDialog = (): DialogName | undefined => useStore(useServices().screen, selectDialog)
export const useNotice = (): Notice | undefined => useStore(useServices().screen, selectNotice)
export const useCameFrom = (): string => useStore(useServices().screen, selectCameFrom)
/** Dialogs and notices. The actions never change. */
export const useScreen = (): ScreenActions => useServices().screen.getState()

const now = { getInitialValueInEffect: false } as const

/** The theme in force. */
export function useThemeName(): ThemeName {
  const systemIsLight = useMediaQuery('(prefers-color-scheme: light)', undefined, now)
  return resolveTheme(useThemeChoice(), systemIsLight)
}

/** Height of a row of a list, pixels. */
export function useRowHeight(): number {
  const touch = useMediaQuery('(pointer: coarse)', undefined, now)
  return rowHeight(useThemeName(), useDensity(), touch)
}
