import { Button } from '@mantine/core'
import type { FleetError } from '@wrale/kernel'
import { Suspense } from 'react'
import { Link, useLocation } from 'wouter'
import { NodePart } from '../../app/lazy.tsx'
import { useCameFrom, useFleet, useLink, useNode } from '../../app/hooks.ts'
import { useCommands } from '../../app/use-commands.ts'
import { stepBack } from '../../model/keys.ts'
import { isSilent } from '../../model/state.ts'
import { Failure, Message } from '../../ui/message.tsx'
import { Page } from '../../ui/page.tsx'
import { Reasons } from '../../ui/reasons.tsx'
import { SubNav } from '../../ui/sub-nav.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { NodeHeader } from './node-header.tsx'
import { NodeOverview } from './node-overview.tsx'
import { SilenceBanner } from './silence-banner.tsx'
import { pathOf, tabsOf } from './tabs.ts'
import { useDetail } from './use-detail.ts'
import { useNodeQuery } from './use-node-query.ts'

/** All about one node. */
export function NodeScreen({ id, tab }: { readonly id: string; readonly tab?: string | undefined }) {
  const node = useNode(id)
  const fleet = useFleet()
  const status = useLink()
  const [query, update] = useNodeQuery()
  const [, navigate] = useLocation()
  const cameFrom = useCameFrom()
  const { data: detail, error, reload } = useDetail(id)

  useCommands({
    follow: () => update({ zoom: undefined }),
    back() {
      const step = stepBack({ panel: false, selection: false, filter: query.zoom !== undefined, deep: true })
      if (step === 'filter') update({ zoom: undefined })
      if (step === 'page') navigate(cameFrom)
    },
  })

  if (node === undefined) {
    return (
      <Page title="Node">
        <Absent loading={fleet === undefined && status.phase !== 'waiting'} known={fleet !== undefined} error={error} />
      </Page>
    )
  }
  return (
    <Page title={node.name}>
      <NodeHeader node={node} />
      {isSilent(node) && <SilenceBanner node={node} />}
      {!isSilent(node) && <Reasons node={node} />}
      <SubNav
        label={`About ${node.name}`}
        items={tabsOf(node).map(({ key, label }) => ({ path: pathOf(id, key), label }))}
      />
      {tab === undefined ? (
        <NodeOverview node={node} query={query} update={update} detail={detail} error={error} reload={reload} />
      ) : (
        <Suspense fallback={<Skeleton lines={8} label="Loading this page" />}>
          <NodePart node={node} tab={tab} />
        </Suspense>
      )}
    </Page>
  )
}

function Absent({
  loading,
  known,
  error,
}: {
  readonly loading: boolean
  readonly known: boolean
  readonly error: FleetError | undefined
}) {
  const toNodes = (
    <Button component={Link} href="/nodes">
      Show all nodes
    </Button>
  )
  if (loading) return <Skeleton lines={8} label="Loading the node" />
  if (known) {
    return (
      <Message whole title="No node of this fleet has this address" code="NOT_FOUND" actions={toNodes}>
        <p>It may have left the fleet, or the link was cut short.</p>
      </Message>
    )
  }
  if (error !== undefined)
    return <Failure what="The node was not loaded" error={error} todo="This page keeps trying." actions={toNodes} />
  return (
    <Message whole title="The station does not answer" code="UNAVAILABLE" role="alert">
      <p>This page keeps trying. The node goes on without a station.</p>
    </Message>
  )
}
