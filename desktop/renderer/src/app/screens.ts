import type { Icon } from '@tabler/icons-react'
import { IconHistory, IconLayoutDashboard, IconServer2, IconShieldLock, IconTopologyRing3 } from '@tabler/icons-react'
import type { Command } from '../model/keys.ts'

interface Screen {
  readonly path: string
  readonly label: string
  readonly icon: Icon
  readonly command: Command
  /** Beginnings of the addresses of its pages. */
  readonly holds: readonly string[]
}

/** The screens of the rail; the palette and the keyboard read them here too. */
export const screens: readonly Screen[] = [
  { path: '/', label: 'Overview', icon: IconLayoutDashboard, command: 'goOverview', holds: [] },
  { path: '/nodes', label: 'Nodes', icon: IconServer2, command: 'goNodes', holds: ['/nodes', '/groups'] },
  { path: '/mesh', label: 'Mesh', icon: IconTopologyRing3, command: 'goMesh', holds: ['/mesh'] },
  { path: '/events', label: 'Events', icon: IconHistory, command: 'goEvents', holds: ['/events', '/conflicts'] },
  {
    path: '/security/members',
    label: 'Security',
    icon: IconShieldLock,
    command: 'goSecurity',
    holds: ['/security'],
  },
]

/** Pages inside a screen that the keyboard and the palette lead to. */
export const pages = [
  { path: '/groups', label: 'Groups', command: 'goGroups' },
  { path: '/conflicts', label: 'Conflicts', command: 'goConflicts' },
  { path: '/security/tokens', label: 'Join tokens', command: 'goTokens' },
  { path: '/security/recovery', label: 'Recovery kit', command: undefined },
] as const
