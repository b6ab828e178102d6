import { useLocation } from 'wouter'
import { themeChoices } from '../stores/preferences-store.ts'
import { useScreen, useThemeChoice, useUpdatePreferences, useUtc } from './hooks.ts'
import { themeLabels } from './preferences-menu.tsx'
import { pages, screens } from './screens.ts'
import { useCommands } from './use-commands.ts'

/** Keys that work on every screen. */
export function GlobalKeys() {
  const [, navigate] = useLocation()
  const screen = useScreen()
  const update = useUpdatePreferences()
  const theme = useThemeChoice()
  const utc = useUtc()
  const goTo = Object.fromEntries(
    [...screens, ...pages].flatMap(({ path, command }) =>
      command === undefined ? [] : [[command, () => navigate(path)] as const],
    ),
  )
  useCommands({
    palette: () => screen.open('palette'),
    help: () => screen.open('help'),
    ...goTo,
    utc() {
      update({ utc: !utc })
      screen.notify(utc ? 'Times are in your zone.' : 'Times are in UTC.')
    },
    theme() {
      const next = themeChoices[(themeChoices.indexOf(theme) + 1) % themeChoices.length] ?? 'system'
      update({ theme: next })
      screen.notify(`Theme: ${themeLabels[next].toLowerCase()}.`)
    },
  })
  return null
}
