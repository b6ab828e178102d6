import type { Node as FleetNode } from '@wrale/protocol/api'
import { useState } from 'react'
import { Link } from 'wouter'
import { useNow } from '../../app/hooks.ts'
import { sparkBounds } from '../../model/charts.ts'
import { type Extreme, extremes, nearest } from '../../model/extremes.ts'
import { extent, gapLimitMs, type Point, trendStart } from '../../model/series.ts'
import { Sparkline } from '../../ui/sparkline.tsx'
import { useHistory } from '../../ui/use-history.ts'
import classes from './overview.module.css'

const rangeMs = 3_600_000

/** For each kind of trouble the node nearest to it, with its last hour: it scales to any fleet and invents nothing. */
export function Extremes({ nodes }: { readonly nodes: readonly FleetNode[] }) {
  if (extremes.every((extreme) => nearest(extreme, nodes, undefined) === undefined)) return null
  return (
    <section aria-labelledby="extremes" className={classes.extremes}>
      <h2 id="extremes" className={classes.heading}>
        Nearest to trouble
      </h2>
      <ul>
        {extremes.map((extreme) => (
          <Place key={extreme.id} extreme={extreme} nodes={nodes} />
        ))}
      </ul>
    </section>
  )
}

function Place({ extreme, nodes }: { readonly extreme: Extreme; readonly nodes: readonly FleetNode[] }) {
  // The holder of the place gets a margin, so the place must remember who held it.
  const [holder, setHolder] = useState<string>()
  const node = nearest(extreme, nodes, holder)
  if (node?.id !== holder) setHolder(node?.id)
  if (node === undefined) return null
  return (
    <li>
      <Link href={`/nodes/${node.id}`} className={classes.extreme}>
        <span className={classes.extremeTitle}>{extreme.title}</span>
        <span className={classes.name}>{node.name}</span>
        <span className={classes.extremeValue} data-figures data-level={extreme.level(node)}>
          {extreme.show(node)}
        </span>
        <LastHour key={node.id} extreme={extreme} node={node} />
      </Link>
    </li>
  )
}

function LastHour({ extreme: { chart, title }, node }: { readonly extreme: Extreme; readonly node: FleetNode }) {
  const nowMs = Math.ceil(useNow() / 10_000) * 10_000
  const { history, stepSeconds } = useHistory(node.id, { rangeMs, zoom: undefined })
  const series = chart?.series[0]
  if (chart === undefined || series === undefined) return null
  const points: readonly Point[] = series.points(history)
  const bounds = extent(points)
  if (bounds === undefined) return <span className={classes.noTrend}>No history yet</span>
  const [low, high] = sparkBounds(chart, bounds.min, bounds.max)
  return (
    <Sparkline
      points={points}
      fromMs={trendStart(points, nowMs, rangeMs)}
      toMs={nowMs}
      gapMs={gapLimitMs(stepSeconds, node.intervalMs)}
      low={low}
      high={high}
      marks={chart.thresholds}
      label={`${title}: ${node.name}`}
    />
  )
}
