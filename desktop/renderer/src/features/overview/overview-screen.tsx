import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useFleet, useLink, useNodes, useScreen } from '../../app/hooks.ts'
import { bySeverity, compareNames, needsAttention } from '../../model/state.ts'
import { Message } from '../../ui/message.tsx'
import { Page } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ConflictBanner } from './conflict-banner.tsx'
import { Extremes } from './extremes.tsx'
import { OpeningSentence } from './opening-sentence.tsx'
import { Problems } from './problems.tsx'
import { Wall } from './wall.tsx'

/** What is wrong, where, since when, what to do. */
export function OverviewScreen() {
  const fleet = useFleet()
  const status = useLink()
  return (
    <Page title="Overview">
      {fleet === undefined ? <Waiting connecting={status.phase !== 'waiting'} /> : <Overview />}
    </Page>
  )
}

function Waiting({ connecting }: { readonly connecting: boolean }) {
  if (connecting) return <Skeleton lines={5} label="Loading the fleet" />
  return (
    <Message whole title="The station does not answer" code="UNAVAILABLE" role="alert">
      <p>This page keeps trying. The nodes go on without a station: they keep themselves cool, powered and safe.</p>
      <p>Check that the station runs (“wrale station”) and that this device is on its network.</p>
    </Message>
  )
}

function Overview() {
  const nodes = useNodes()
  const screen = useScreen()
  const problems = useMemo(() => [...nodes.values()].filter(needsAttention).toSorted(bySeverity), [nodes])
  const byName = useMemo(() => [...nodes.values()].toSorted((a, b) => compareNames(a.name, b.name)), [nodes])
  if (nodes.size === 0) {
    return (
      <Message
        whole
        title="No node has joined this fleet yet"
        actions={
          <Button leftSection={<IconPlus size={18} />} onClick={() => screen.open('join')}>
            Add a node
          </Button>
        }
      >
        <p>
          A node is a Raspberry Pi, or any Linux machine, that runs wrale-edge. It joins with a token and then finds
          this station by itself.
        </p>
      </Message>
    )
  }
  return (
    <>
      <OpeningSentence nodes={byName} />
      <ConflictBanner />
      {problems.length > 0 && <Problems nodes={problems} />}
      <Wall nodes={byName} />
      <Extremes nodes={byName} />
    </>
  )
}
