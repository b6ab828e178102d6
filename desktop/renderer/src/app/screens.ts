import type { Icon } from '@tabler/icons-react'
import { IconLayoutDashboard, IconServer2 } from '@tabler/icons-react'
import type { Command } from '../model/keys.ts'

export interface Screen {
  readonly path: string
  readonly label: string
  readonly icon: Icon
  readonly command: Command
}

/** The screens that there are; the rail, the palette and the keyboard read them here. */
export const screens: readonly Screen[] = [
  { path: '/', label: 'Overview', icon: IconLayoutDashboard, command: 'goOverview' },
  { path: '/nodes', label: 'Nodes', icon: IconServer2, command: 'goNodes' },
]
