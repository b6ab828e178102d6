import { MantineProvider } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type ReactNode, useLayoutEffect } from 'react'
import { resolveTheme, schemeOf } from '../theme/resolve.ts'
import { cssVariablesResolver, theme } from '../theme/theme.ts'
import { useDensity, useThemeChoice } from './hooks.ts'

interface ThemedProps {
  /** Allows the style elements that Mantine makes under a strict content security policy. */
  readonly nonce: string
  readonly children: ReactNode
}

export function Themed({ nonce, children }: ThemedProps) {
  const choice = useThemeChoice()
  const density = useDensity()
  const systemIsLight = useMediaQuery('(prefers-color-scheme: light)', undefined, { getInitialValueInEffect: false })
  const name = resolveTheme(choice, systemIsLight)
  useLayoutEffect(() => {
    const { dataset } = document.documentElement
    dataset['theme'] = name
    dataset['density'] = density
  }, [name, density])
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      forceColorScheme={schemeOf(name)}
      getStyleNonce={() => nonce}
      withGlobalClasses={false}
      deduplicateCssVariables={false}
    >
      {children}
    </MantineProvider>
  )
}
