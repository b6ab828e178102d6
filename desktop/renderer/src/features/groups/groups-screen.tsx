import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { GroupView } from '@wrale/protocol/api'
import type { CSSProperties } from 'react'
import { useBackend, useFleet } from '../../app/hooks.ts'
import { useCommands } from '../../app/use-commands.ts'
import { counted } from '../../model/format.ts'
import { formatGroupsQuery, parseGroupsQuery } from '../../model/groups.ts'
import { labelsOf, labelText } from '../../model/labels.ts'
import { Failure, Message } from '../../ui/message.tsx'
import { Opening } from '../../ui/opening.tsx'
import { Page } from '../../ui/page.tsx'
import { WithPanel } from '../../ui/panel.tsx'
import rows from '../../ui/rows.module.css'
import { Skeleton } from '../../ui/skeleton.tsx'
import { SubNav } from '../../ui/sub-nav.tsx'
import { useLoaded } from '../../ui/use-loaded.ts'
import { useQuery } from '../../ui/use-query.ts'
import { GroupPanel } from './group-panel.tsx'
import classes from './groups.module.css'

const columns = {
  '--columns': 'minmax(120px, 200px) 96px minmax(160px, 1fr) minmax(160px, 1.4fr)',
  '--narrow-columns': 'minmax(0, 1fr) minmax(0, 1.4fr)',
} as CSSProperties

/** Nodes that are named together: by labels, by hand, or both. */
export function GroupsScreen() {
  const backend = useBackend()
  const version = useFleet()?.revision?.groups
  const { data: groups, error, reload } = useLoaded(backend.groups, { version })
  const [query, update] = useQuery(parseGroupsQuery, formatGroupsQuery)
  const open = groups?.find(({ name }) => name === query.open)
  const isNew = query.open === ''
  const close = (): void => update({ open: undefined })
  useCommands({ back: close })
  return (
    <Page title="Groups" fixed>
      <WithPanel
        panel={
          groups !== undefined &&
          (open !== undefined || isNew) && (
            <GroupPanel
              key={query.open}
              group={open}
              taken={groups.map(({ name }) => name)}
              close={close}
              onSaved={(name) => {
                reload()
                update({ open: name })
              }}
              onRemoved={() => {
                reload()
                close()
              }}
              reload={reload}
            />
          )
        }
      >
        <SubNav
          label="Nodes"
          items={[
            { path: '/nodes', label: 'Nodes' },
            { path: '/groups', label: 'Groups' },
          ]}
        />
        {groups === undefined && error === undefined && <Skeleton lines={5} label="Loading the groups" />}
        {groups === undefined && error !== undefined && (
          <Failure what="The groups were not loaded" error={error} todo="Try again in a moment." />
        )}
        {groups !== undefined && (
          <>
            <Opening
              sentence={groups.length === 0 ? 'There is no group yet.' : `${counted(groups.length, 'group')}.`}
              note="A group names nodes together: all that have certain labels, some that are put in by hand, or both."
              actions={
                <Button leftSection={<IconPlus size={18} />} onClick={() => update({ open: '' }, { push: true })}>
                  New group
                </Button>
              }
            />
            {groups.length === 0 ? (
              <Message title="Make the first one">
                <p>
                  Give nodes labels such as env=prod on their pages; a group with the selector env=prod then follows
                  them.
                </p>
              </Message>
            ) : (
              <GroupList
                groups={groups}
                open={query.open}
                toggle={(name) =>
                  update({ open: query.open === name ? undefined : name }, { push: query.open === undefined })
                }
              />
            )}
          </>
        )}
      </WithPanel>
    </Page>
  )
}

interface GroupListProps {
  readonly groups: readonly GroupView[]
  readonly open: string | undefined
  readonly toggle: (name: string) => void
}

function GroupList({ groups, open, toggle }: GroupListProps) {
  return (
    <table className={rows.list} style={columns} aria-label="Groups">
      <thead className={classes.block}>
        <tr className={rows.head}>
          <th scope="col">Name</th>
          <th scope="col" data-numeric>
            Nodes
          </th>
          <th scope="col">Selector</th>
          <th scope="col">What it is for</th>
        </tr>
      </thead>
      <tbody className={classes.block}>
        {groups.map(({ name, description, selector, members }) => (
          <tr
            key={name}
            className={rows.row}
            data-clickable
            data-open={open === name || undefined}
            data-testid="group-row"
            data-name={name}
          >
            <td>
              <button type="button" className={rows.main} aria-expanded={open === name} onClick={() => toggle(name)}>
                {name}
              </button>
            </td>
            <td data-numeric data-label="nodes">
              {members.length}
            </td>
            <td className={rows.clip}>
              {selector === null ? (
                <span className={rows.faint}>by hand</span>
              ) : (
                labelsOf({ labels: selector }).map(labelText).join(', ')
              )}
            </td>
            <td className={`${rows.faint} ${rows.clip}`}>{description}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
