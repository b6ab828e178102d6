import { Tooltip, VisuallyHidden } from '@mantine/core'
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react'
import { Link, useLocation } from 'wouter'
import { needsAttention } from '../model/state.ts'
import { useConflicts, useNodes, useRailCollapsed, useUpdatePreferences, useWaitingClaims } from './hooks.ts'
import { screens } from './screens.ts'
import classes from './shell.module.css'

/** The way between screens: a rail at the side, a bar at the bottom of a narrow window. */
export function Rail() {
  const collapsed = useRailCollapsed()
  const update = useUpdatePreferences()
  const Toggle = collapsed ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse
  const toggleLabel = collapsed ? 'Widen the navigation' : 'Narrow the navigation'
  return (
    <nav className={classes.rail} data-collapsed={collapsed || undefined} aria-label="Main">
      <div className={classes.brand}>
        <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
          <path
            d="M2 6l4.5 12L12 6l5.5 12L22 6"
            fill="none"
            stroke="currentColor"
            strokeWidth="2.5"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </svg>
        <span className={classes.label}>Wrale</span>
      </div>
      <RailLinks collapsed={collapsed} />
      <div className={classes.fill} />
      <Tooltip label={toggleLabel} position="right" disabled={!collapsed}>
        <button
          type="button"
          className={`${classes.link} ${classes.collapse}`}
          aria-label={toggleLabel}
          onClick={() => update({ railCollapsed: !collapsed })}
        >
          <Toggle size={20} stroke={1.5} />
          <span className={classes.label} aria-hidden="true">
            Narrow
          </span>
        </button>
      </Tooltip>
    </nav>
  )
}

function RailLinks({ collapsed }: { readonly collapsed: boolean }) {
  const [path] = useLocation()
  const nodes = useNodes()
  const troubled = [...nodes.values()].filter(needsAttention).length
  const conflicts = useConflicts()?.length ?? 0
  const claims = useWaitingClaims()
  const counts: Readonly<Record<string, { readonly count: number; readonly means?: string }>> = {
    '/': { count: troubled, means: ' need you' },
    '/nodes': { count: nodes.size },
    '/events': { count: conflicts, means: conflicts === 1 ? ' conflict' : ' conflicts' },
    '/security/members': { count: claims, means: claims === 1 ? ' waits to be claimed' : ' wait to be claimed' },
  }
  return screens.map(({ path: target, label, icon: Icon, holds }) => {
    const current = path === target || holds.some((start) => path.startsWith(start))
    const { count = 0, means } = counts[target] ?? {}
    return (
      <Tooltip key={target} label={label} position="right" disabled={!collapsed}>
        <Link href={target} className={classes.link} aria-current={current ? 'page' : undefined}>
          <Icon size={20} stroke={1.5} aria-hidden="true" />
          <span className={classes.label}>{label}</span>
          {count > 0 && (
            <span
              className={classes.count}
              data-alert={target === '/' ? 'fail' : means === undefined ? undefined : 'warn'}
            >
              {count}
              {means !== undefined && <VisuallyHidden component="span">{means}</VisuallyHidden>}
            </span>
          )}
        </Link>
      </Tooltip>
    )
  })
}
