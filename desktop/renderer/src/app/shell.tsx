import { type ReactNode, Suspense, useEffect, useRef } from 'react'
import { useLocation, useSearch } from 'wouter'
import { Announcer } from './announcer.tsx'
import { AttentionKeeper } from './attention-keeper.tsx'
import { GlobalKeys } from './global-keys.tsx'
import { useScreen } from './hooks.ts'
import { NoticeArea } from './notice.tsx'
import { loadWhenIdle, Overlays } from './lazy.ts'
import { Rail } from './rail.tsx'
import classes from './shell.module.css'
import { TopBar } from './top-bar.tsx'

/** What stands around every screen. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const [path] = useLocation()
  const search = useSearch()
  const { visited } = useScreen()
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
  useEffect(() => loadWhenIdle(window), [])
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
      <Suspense>
        <Overlays />
      </Suspense>
      <NoticeArea />
      <Announcer />
      <AttentionKeeper />
      <GlobalKeys />
    </div>
  )
}
