import { Button } from '@mantine/core'
import type { Node as FleetNode } from '@wrale/protocol/api'
import { useMemo } from 'react'
import { useStore } from 'zustand'
import { useServices } from '../../app/hooks.ts'
import { chartsWithData } from '../../model/charts.ts'
import { type NodeQuery, rangeMs } from '../../model/node-query.ts'
import { toggled } from '../../model/selection.ts'
import { gapLimitMs } from '../../model/series.ts'
import { isSilent } from '../../model/state.ts'
import { selectNow } from '../../stores/clock-store.ts'
import { Failure, Message } from '../../ui/message.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import type { LoadedHistory } from '../../ui/use-history.ts'
import { Chart } from './chart.tsx'
import classes from './node.module.css'
import type { UpdateNodeQuery } from './use-node-query.ts'

interface ChartsProps {
  readonly node: FleetNode
  readonly loaded: LoadedHistory
  readonly query: NodeQuery
  readonly update: UpdateNodeQuery
}

/** A live range moves on in steps of about one pixel. */
const pixelsAcross = 500

export function Charts({ node, loaded: { history, stepSeconds, phase, error, reload }, query, update }: ChartsProps) {
  const { clock } = useServices()
  const lengthMs = rangeMs(query.range)
  const stepMs = Math.max(1000, lengthMs / pixelsAcross)
  const nowMs = useStore(clock, (state) => Math.ceil(selectNow(state) / stepMs) * stepMs)
  const shown = useMemo(() => chartsWithData(history), [history])
  const fromMs = query.zoom?.fromMs ?? nowMs - lengthMs
  const toMs = query.zoom?.toMs ?? nowMs

  if (phase === 'loading') return <Skeleton lines={6} label="Loading the history" />
  if (phase === 'failed' && error !== undefined) {
    return (
      <Failure
        what="The history was not loaded"
        error={error}
        todo="The latest values are still live."
        actions={<Button onClick={reload}>Try again</Button>}
      />
    )
  }
  if (shown.length === 0) {
    return (
      <Message title="No history in this range">
        <p>
          {isSilent(node)
            ? 'The node said nothing in this time. Try a longer range.'
            : 'The first values appear as soon as the node speaks.'}
        </p>
      </Message>
    )
  }
  return (
    <div className={classes.charts} data-silent={isSilent(node) || undefined}>
      {shown.map((spec) => (
        <Chart
          key={spec.id}
          spec={spec}
          node={node}
          history={history}
          fromMs={fromMs}
          toMs={toMs}
          gapMs={gapLimitMs(stepSeconds, node.intervalMs)}
          asTable={query.tables.includes(spec.id)}
          toggleTable={() => update({ tables: toggled(query.tables, spec.id) })}
          zoom={(zoom) => update({ zoom })}
        />
      ))}
    </div>
  )
}
