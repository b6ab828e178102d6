import { type ReactNode, useEffect, useRef } from 'react'
import { useLocation, useSearch } from 'wouter'
import { Announcer } from './announcer.tsx'
import { AttentionKeeper } from './attention-keeper.tsx'
import { OverlayBoundary } from './boundaries.tsx'
import { GlobalKeys } from './global-keys.tsx'
import { useScreen, useServices } from './hooks.ts'
import { loadWhenIdle, Overlays } from './lazy.tsx'
import { NoticeArea } from './notice.tsx'
import { Rail } from './rail.tsx'
import classes from './shell.module.css'
import { TopBar } from './top-bar.tsx'

/** What stands around every screen. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const [path] = useLocation()
  const search = useSearch()
  const { visited } = useScreen()
  const { parts } = useServices()
  const main = useRef<HTMLElement>(null)
  const shown = useRef(path)
  useEffect(() => {
    if (shown.current === path) return
    shown.current = path
    main.current?.scrollTo(0, 0)
    main.current?.focus()
  }, [path])
  useEffect(() => {
    if (!path.startsWith('/nodes/')) visited(search === '' ? path : `${path}?${search}`)
  }, [path, search, visited])
  useEffect(() => loadWhenIdle(window, parts), [parts])
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main">
        Skip to the content
      </a>
      <Rail />
      <TopBar />
      <main ref={main} id="main" tabIndex={-1} className={classes.main}>
        {children}
      </main>
      <OverlayBoundary>
        <Overlays />
      </OverlayBoundary>
      <NoticeArea />
      <Announcer />
      <AttentionKeeper />
      <GlobalKeys />
    </div>
  )
}
