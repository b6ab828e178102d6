import type { Density, ThemeChoice } from '../stores/preferences-store.ts'

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

/**
 * Height of a row of a list, pixels. A virtual list must know it before it draws, so it is said here and not in a style sheet.
 * @param touch fingers work the screen: targets are at least 44 pixels
 */
export function rowHeight(theme: ThemeName, density: Density, touch: boolean): number {
  if (theme === 'outdoor') return density === 'compact' ? 44 : 52
  return density === 'compact' && !touch ? 32 : 44
}
