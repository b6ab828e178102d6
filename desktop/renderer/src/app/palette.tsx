import { createSpotlight, Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight'
import {
  type Icon as TablerIcon,
  IconBaselineDensityMedium,
  IconChevronRight,
  IconKeyboard,
  IconLink,
  IconLogout,
  IconMoon,
  IconPlus,
  IconSearch,
  IconWorld,
} from '@tabler/icons-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { useLocation } from 'wouter'
import { commands } from '../model/keys.ts'
import { findNodes } from '../model/find.ts'
import { selectNodes } from '../stores/fleet-store.ts'
import { themeChoices } from '../stores/preferences-store.ts'
import { StateMark } from '../ui/state-mark.tsx'
import { useBackend, useDensity, useDialog, useScreen, useServices, useUpdatePreferences, useUtc } from './hooks.ts'
import { Keys } from './keys.tsx'
import classes from './palette.module.css'
import { themeLabels } from './preferences-menu.tsx'
import { pages, screens } from './screens.ts'
import { useAccess } from './use-access.ts'

const [store, { open, close }] = createSpotlight()

/** Nodes that one search shows. */
const nodeLimit = 8

const nobody: ReturnType<typeof selectNodes> = new Map()

const icon = (Icon: TablerIcon): ReactNode => <Icon size={18} stroke={1.5} aria-hidden="true" />

/** Ctrl+K: go anywhere, do anything. */
export function Palette() {
  const opened = useDialog() === 'palette'
  const screen = useScreen()
  const [query, setQuery] = useState('')
  useEffect(() => {
    if (opened) open()
    else close()
  }, [opened])
  // Not deferred: the first action is chosen, for Enter, as soon as the query is there, and must be in the list by then.
  const nodes = useNodeActions(opened, query)
  const actions = useCommandActions()
  const wanted = query.trim().toLowerCase()
  const matching = actions
    .map(({ group, actions: all }) => ({
      group,
      actions: all.filter(({ label, keywords }) => `${label} ${String(keywords ?? '')}`.toLowerCase().includes(wanted)),
    }))
    .filter(({ actions: left }) => left.length > 0)
  const shown = [...(nodes.length > 0 ? [{ group: 'Nodes', actions: nodes }] : []), ...matching]
  return (
    <Spotlight
      store={store}
      onSpotlightClose={() => {
        if (opened) screen.close()
      }}
      actions={wanted === '' ? [...matching, ...shown.filter(({ group }) => group === 'Nodes')] : shown}
      query={query}
      onQueryChange={setQuery}
      filter={(_, all) => all}
      shortcut={null}
      scrollable
      attributes={{ content: { 'aria-label': 'Search and commands' } }}
      classNames={{
        actionsGroup: classes.group ?? '',
        action: classes.action ?? '',
        actionDescription: classes.description ?? '',
      }}
      overlayProps={{ backgroundOpacity: 0.45, blur: 0 }}
      maxHeight={420}
      nothingFound="Nothing has this name"
      searchProps={{
        leftSection: icon(IconSearch),
        placeholder: 'A node, a page, a command',
        'aria-label': 'Search and commands',
      }}
    />
  )
}

function useNodeActions(opened: boolean, search: string): SpotlightActionData[] {
  const [, navigate] = useLocation()
  // A closed palette does not follow the fleet.
  const nodes = useStore(useServices().fleet, (state) => (opened ? selectNodes(state) : nobody))
  return findNodes(nodes.values(), search, nodeLimit).map((node) => ({
    id: `node ${node.id}`,
    label: node.name,
    description: node.reasons[0]?.message ?? node.model ?? node.state,
    leftSection: <StateMark state={node.state} />,
    onClick: () => navigate(`/nodes/${node.id}`),
  }))
}

function useCommandActions(): SpotlightActionGroupData[] {
  const [, navigate] = useLocation()
  const update = useUpdatePreferences()
  const density = useDensity()
  const utc = useUtc()
  const screen = useScreen()
  const { kind } = useBackend()
  const { copySignInLink, signOut } = useAccess()
  return [
    {
      group: 'Go to',
      actions: [
        ...screens.map(({ path, label, icon: Icon, command }) => ({
          id: path,
          label,
          leftSection: icon(Icon),
          rightSection: <Keys keys={commands[command].keys[0]} />,
          onClick: () => navigate(path),
        })),
        ...pages.map(({ path, label, command }) => ({
          id: path,
          label,
          leftSection: icon(IconChevronRight),
          ...(command === undefined ? {} : { rightSection: <Keys keys={commands[command].keys[0]} /> }),
          onClick: () => navigate(path),
        })),
        {
          id: 'matrix',
          label: 'Link matrix',
          keywords: 'mesh round trip loss',
          leftSection: icon(IconChevronRight),
          onClick: () => navigate('/mesh?view=matrix'),
        },
      ],
    },
    {
      group: 'Do',
      actions: [
        {
          id: 'join',
          label: 'Add a node',
          keywords: 'join token enrol',
          leftSection: icon(IconPlus),
          onClick: () => screen.open('join'),
        },
        {
          id: 'claim',
          label: 'Claim a machine',
          keywords: 'code node add',
          leftSection: icon(IconPlus),
          onClick: () => navigate('/security/members'),
        },
        { id: 'link', label: 'Copy a sign-in link', leftSection: icon(IconLink), onClick: () => void copySignInLink() },
        ...themeChoices.map((theme) => ({
          id: `theme ${theme}`,
          label: `Theme: ${themeLabels[theme].toLowerCase()}`,
          leftSection: icon(IconMoon),
          onClick: () => update({ theme }),
        })),
        {
          id: 'density',
          label: density === 'compact' ? 'Comfortable density' : 'Compact density',
          leftSection: icon(IconBaselineDensityMedium),
          onClick: () => update({ density: density === 'compact' ? 'comfortable' : 'compact' }),
        },
        {
          id: 'utc',
          label: utc ? 'Times in local zone' : 'Times in UTC',
          leftSection: icon(IconWorld),
          rightSection: <Keys keys={commands.utc.keys[0]} />,
          onClick: () => update({ utc: !utc }),
        },
        {
          id: 'help',
          label: 'Keyboard help',
          leftSection: icon(IconKeyboard),
          rightSection: <Keys keys="?" />,
          onClick: () => screen.open('help'),
        },
        ...(kind === 'browser'
          ? [{ id: 'signout', label: 'Sign out', leftSection: icon(IconLogout), onClick: () => void signOut() }]
          : []),
      ],
    },
  ]
}
