import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useFleet } from '../app/hooks.ts'
import classes from './page.module.css'

interface PageProps {
  /** For the window's title. */
  readonly title: string
  /** The page is as high as the window and scrolls inside. */
  readonly fixed?: boolean
  readonly children: ReactNode
}

export function Page({ title, fixed = false, children }: PageProps) {
  const fleet = useFleet()
  useDocumentTitle(`${title} · ${fleet?.name ?? 'Wrale'}`)
  return (
    <div className={classes.page} data-fixed={fixed || undefined}>
      {children}
    </div>
  )
}

/** The heading of a screen that needs none for the eye. */
export function SpokenHeading({ children }: { readonly children: ReactNode }) {
  return <h1 className={classes.spoken}>{children}</h1>
}
