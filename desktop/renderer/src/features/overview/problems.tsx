import type { Node as FleetNode } from '@wrale/protocol/api'
import { IconChevronRight } from '@tabler/icons-react'
import { memo } from 'react'
import { Link } from 'wouter'
import { bestWitness } from '../../model/readings.ts'
import { formatListQuery, defaultQuery } from '../../model/list-query.ts'
import { needsAttention, nodeStates } from '../../model/state.ts'
import { Ago, Lasting } from '../../ui/ago.tsx'
import { StateWord } from '../../ui/state-word.tsx'
import classes from './overview.module.css'

/** More than a screenful is a list to work through, and that is what Nodes is for. */
const shownProblems = 8

const attentionHref = `/nodes?${formatListQuery({ ...defaultQuery, states: nodeStates.filter((state) => needsAttention({ state, reasons: [] })) })}`

export function Problems({ nodes }: { readonly nodes: readonly FleetNode[] }) {
  const rest = nodes.length - shownProblems
  return (
    <section aria-labelledby="problems" className={classes.problems}>
      <h2 id="problems" className={classes.heading}>
        Needs you
      </h2>
      <ul>
        {nodes.slice(0, shownProblems).map((node) => (
          <Problem key={node.id} node={node} />
        ))}
      </ul>
      {rest > 0 && (
        <Link href={attentionHref} className={classes.more}>
          Show all {nodes.length} in Nodes
          <IconChevronRight size={16} aria-hidden="true" />
        </Link>
      )}
    </section>
  )
}

const Problem = memo(function Problem({ node }: { readonly node: FleetNode }) {
  const witness = bestWitness(node)
  return (
    <li>
      <Link
        href={`/nodes/${node.id}`}
        className={classes.problem}
        data-testid="problem"
        data-node-name={node.name}
        data-state={node.state}
      >
        <StateWord node={node} />
        <span className={classes.name}>{node.name}</span>
        <span className={classes.why}>{whyOf(node)}</span>
        <span className={classes.since}>
          {node.state === 'lost' || node.state === 'stale' ? (
            <>
              seen <Ago at={node.lastSeen} />
              {witness !== undefined && ` by ${witness.name}`}
            </>
          ) : (
            <>
              for <Lasting since={node.stateSince} />
            </>
          )}
        </span>
        <span className={classes.open}>
          Open
          <IconChevronRight size={16} aria-hidden="true" />
        </span>
      </Link>
    </li>
  )
})

function whyOf({ reasons }: FleetNode): string {
  return reasons.map(({ message }) => message).join(' · ')
}
