import { Kbd } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { AccountMenu } from './account-menu.tsx'
import { useFleet, useScreen } from './hooks.ts'
import { LinkBanner } from './link-banner.tsx'
import { PreferencesMenu } from './preferences-menu.tsx'
import classes from './shell.module.css'
import { StationLink } from './station-link.tsx'

export function TopBar() {
  const fleet = useFleet()
  const screen = useScreen()
  return (
    <header className={classes.top}>
      <div className={classes.bar}>
        <span className={classes.fleet}>{fleet?.name ?? 'Wrale'}</span>
        <StationLink />
        <div className={classes.fill} />
        <button type="button" className={classes.search} onClick={() => screen.open('palette')}>
          <IconSearch size={16} stroke={1.75} aria-hidden="true" />
          <span>Search and commands</span>
          <Kbd size="xs" aria-hidden="true">
            Ctrl K
          </Kbd>
        </button>
        <PreferencesMenu />
        <AccountMenu />
      </div>
      <LinkBanner />
    </header>
  )
}
