import type { ComponentProps } from 'react'
import { rangeMs } from '../../model/node-query.ts'
import { useHistory } from '../../ui/use-history.ts'
import { Charts } from './charts.tsx'
import { Facts } from './facts.tsx'
import classes from './node.module.css'
import { RangeBar } from './range-bar.tsx'

type NodeOverviewProps = ComponentProps<typeof Facts> & ComponentProps<typeof RangeBar>

/** What a node measures, and what is known of it. */
export function NodeOverview({ node, query, update, detail, error, reload }: NodeOverviewProps) {
  const loaded = useHistory(node.id, { rangeMs: rangeMs(query.range), zoom: query.zoom })
  return (
    <div className={classes.columns}>
      <div className={classes.main}>
        <RangeBar query={query} update={update} />
        <Charts node={node} loaded={loaded} query={query} update={update} />
      </div>
      <Facts node={node} detail={detail} error={error} reload={reload} />
    </div>
  )
}
