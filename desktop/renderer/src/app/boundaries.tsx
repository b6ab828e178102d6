import { type ReactNode, Suspense } from 'react'
import { useLocation, useSearch } from 'wouter'
import { Page } from '../ui/page.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Boundary, type FailedProps } from './boundary.tsx'
import { Breakdown, useAgain } from './breakdown.tsx'
import classes from './breakdown.module.css'
import { useDialog, useScreen } from './hooks.ts'

interface HoldsProps {
  readonly children: ReactNode
}

/** Around the screens: rail and top bar stay, and another screen is another try. */
export function ScreenBoundary({ children }: HoldsProps) {
  const [path] = useLocation()
  const search = useSearch()
  return (
    <Boundary resetKey={`${path}?${search}`} Failed={ScreenFailed}>
      <Suspense
        fallback={
          <Page title="Loading">
            <Skeleton lines={6} label="Loading the page" />
          </Page>
        }
      >
        {children}
      </Suspense>
    </Boundary>
  )
}

function ScreenFailed(props: FailedProps) {
  useAgain(props)
  return (
    <Page title="Not shown">
      <Breakdown place="screen" {...props} />
    </Page>
  )
}

/** Around what opens over the screens. Nobody is told that it failed before something of it is wanted. */
export function OverlayBoundary({ children }: HoldsProps) {
  const dialog = useDialog()
  return (
    <Boundary resetKey={dialog ?? ''} Failed={OverlaysFailed}>
      <Suspense
        fallback={
          dialog !== undefined && (
            <div className={classes.over}>
              <Skeleton lines={3} label="Loading" />
            </div>
          )
        }
      >
        {children}
      </Suspense>
    </Boundary>
  )
}

function OverlaysFailed(props: FailedProps) {
  const dialog = useDialog()
  const { close } = useScreen()
  useAgain(props)
  if (dialog === undefined) return null
  return (
    <div className={classes.over}>
      <Breakdown place="overlays" {...props} close={close} />
    </div>
  )
}

/** Around everything: the last that is between a fault and an empty window. */
export function PageBoundary({ children }: HoldsProps) {
  const [path] = useLocation()
  return (
    <Boundary resetKey={path} Failed={PageFailed}>
      {children}
    </Boundary>
  )
}

function PageFailed(props: FailedProps) {
  return (
    <main className={classes.page}>
      <Breakdown place="page" {...props} />
    </main>
  )
}
