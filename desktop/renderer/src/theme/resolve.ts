import type { ThemeChoice } from '../stores/preferences-store.ts'

export type ThemeName = 'dark' | 'light' | 'outdoor'

/** The theme that a choice means. `public/theme.js` says the same before the first paint. */
export function resolveTheme(choice: ThemeChoice, systemIsLight: boolean): ThemeName {
  if (choice !== 'system') return choice
  return systemIsLight ? 'light' : 'dark'
}

/** Mantine knows two schemes; outdoor is a light one. */
export function schemeOf(theme: ThemeName): 'dark' | 'light' {
  return theme === 'dark' ? 'dark' : 'light'
}
