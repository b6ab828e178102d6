import { Button } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useRef } from 'react'
import { useLocation } from 'wouter'
import { useStore } from 'zustand'
import { useFleet, useLink, useNodes, useScreen, useServices } from '../../app/hooks.ts'
import { useCommands } from '../../app/use-commands.ts'
import { isFiltered } from '../../model/filter.ts'
import { stepBack } from '../../model/keys.ts'
import { selectOrder } from '../../stores/list-store.ts'
import { Message } from '../../ui/message.tsx'
import { Page, SpokenHeading } from '../../ui/page.tsx'
import { useRoomBeside } from '../../ui/panel.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { CardList } from './card-list.tsx'
import { NewRows } from './new-rows.tsx'
import classes from './nodes.module.css'
import { SelectionBar } from './selection-bar.tsx'
import { SidePanel } from './side-panel.tsx'
import { TableList } from './table-list.tsx'
import { Toolbar } from './toolbar.tsx'
import { useArranged } from './use-arranged.ts'
import { useListActions } from './use-list-actions.ts'
import { type UpdateQuery, useListQuery } from './use-list-query.ts'

const cleared = { search: '', states: [], kinds: [] } as const

export function NodesScreen() {
  const [query, update] = useListQuery()
  const { list } = useServices()
  const [, navigate] = useLocation()
  const search = useRef<HTMLInputElement>(null)
  // Without room for a panel a row opens its page.
  const roomForPanel = useRoomBeside()
  const actions = useListActions(update, roomForPanel)
  const { ref, width } = useElementSize()
  const order = useStore(list, selectOrder)
  const known = useNodes().size
  useArranged(query)

  useCommands({
    filter: () => search.current?.focus(),
    next: () => actions.move(1),
    previous: () => actions.move(-1),
    extendNext: () => actions.extend(1),
    extendPrevious: () => actions.extend(-1),
    first: () => actions.moveTo('first'),
    last: () => actions.moveTo('last'),
    select: () => actions.withCursor(actions.toggle),
    peek: () => actions.withCursor(actions.peek),
    open: () => actions.withCursor(actions.open),
    view: () => update({ view: query.view === 'table' ? 'cards' : 'table' }),
    waiting: () => list.getState().release(),
    back() {
      const step = stepBack({
        panel: query.open !== undefined,
        selection: query.selected.length > 0,
        filter: isFiltered(query),
        deep: false,
      })
      if (step === 'panel') update({ open: undefined })
      if (step === 'selection') update({ selected: [] })
      if (step === 'filter') update(cleared)
    },
  })

  const List = query.view === 'table' ? TableList : CardList
  return (
    <Page title="Nodes" fixed>
      <SpokenHeading>Nodes</SpokenHeading>
      <Toolbar query={query} update={update} searchRef={search} />
      <div className={classes.body}>
        <div
          ref={ref}
          className={classes.list}
          onPointerEnter={({ pointerType }) => list.getState().hold(pointerType === 'mouse')}
          onPointerLeave={() => list.getState().hold(false)}
        >
          <NewRows />
          {order.length === 0 ? (
            <Nothing known={known} update={update} />
          ) : (
            <List order={order} width={width} query={query} update={update} actions={actions} />
          )}
        </div>
        {query.open !== undefined && roomForPanel && (
          <SidePanel
            id={query.open}
            close={() => update({ open: undefined })}
            openPage={(id) => navigate(`/nodes/${id}`)}
          />
        )}
      </div>
      {query.selected.length > 0 && <SelectionBar selected={query.selected} clear={() => update({ selected: [] })} />}
    </Page>
  )
}

/** No row to show: not known yet, no node at all, or none that fits. */
function Nothing({ known, update }: { readonly known: number; readonly update: UpdateQuery }) {
  const fleet = useFleet()
  const status = useLink()
  const screen = useScreen()
  if (fleet === undefined && status.phase !== 'waiting') {
    return (
      <div className={classes.nothing}>
        <Skeleton lines={10} label="Loading the nodes" />
      </div>
    )
  }
  return (
    <div className={classes.nothing}>
      {fleet === undefined && (
        <Message title="The station does not answer" code="UNAVAILABLE" role="alert">
          <p>This page keeps trying. The nodes go on without a station.</p>
        </Message>
      )}
      {fleet !== undefined && known === 0 && (
        <Message
          title="No node has joined this fleet yet"
          actions={
            <Button leftSection={<IconPlus size={18} />} onClick={() => screen.open('join')}>
              Add a node
            </Button>
          }
        >
          <p>A node joins with a token and then finds this station by itself.</p>
        </Message>
      )}
      {known > 0 && (
        <Message
          title="No node fits these filters"
          actions={
            <Button variant="default" onClick={() => update(cleared)}>
              Clear the filters
            </Button>
          }
        >
          <p>All {known} nodes are still there; Esc clears the filters too.</p>
        </Message>
      )}
    </div>
  )
}
