import { MantineProvider } from '@mantine/core'
import { type ReactNode, useLayoutEffect } from 'react'
import { schemeOf } from '../theme/resolve.ts'
import { cssVariablesResolver, theme } from '../theme/theme.ts'
import { useDensity, useThemeName } from './hooks.ts'

interface ThemedProps {
  /** Allows the style elements that Mantine makes under a strict content security policy. */
  readonly nonce: string
  readonly children: ReactNode
}

export function Themed({ nonce, children }: ThemedProps) {
  const density = useDensity()
  const name = useThemeName()
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
