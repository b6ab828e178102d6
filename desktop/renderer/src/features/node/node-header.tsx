import { IconChevronLeft } from '@tabler/icons-react'
import type { Node as FleetNode } from '@wrale/protocol/api'
import { Link } from 'wouter'
import { useCameFrom } from '../../app/hooks.ts'
import { formatMs } from '../../model/format.ts'
import { Ago, Lasting } from '../../ui/ago.tsx'
import { StateWord } from '../../ui/state-word.tsx'
import classes from './node.module.css'

const witnessesShown = 3

export function NodeHeader({ node }: { readonly node: FleetNode }) {
  const cameFrom = useCameFrom()
  const { name, stateSince, lastSeen, seenBy, simulated, model } = node
  return (
    <header className={classes.header} data-testid="node-header" data-node-name={name} data-state={node.state}>
      <Link href={cameFrom} className={classes.back}>
        <IconChevronLeft size={16} aria-hidden="true" />
        {cameFrom.startsWith('/nodes') ? 'Nodes' : 'Overview'}
      </Link>
      <div className={classes.title}>
        <h1>{name}</h1>
        <StateWord node={node} size={20} withAge={false} />
        <span className={classes.faint}>
          for <Lasting since={stateSince} />
        </span>
      </div>
      <p className={classes.faint}>
        {model ?? 'Model not told yet'}
        {simulated && model?.toLowerCase().includes('simulated') !== true && ' (simulated)'} · last seen{' '}
        <Ago at={lastSeen} />
        {seenBy.length > 0 && ' by '}
        {seenBy.slice(0, witnessesShown).map((witness, index) => (
          <span key={witness.id}>
            {index > 0 && ', '}
            {witness.role === 'node' ? <Link href={`/nodes/${witness.id}`}>{witness.name}</Link> : witness.name}
            {witness.linked && witness.rttMs !== undefined && ` (${formatMs(witness.rttMs)})`}
          </span>
        ))}
        {seenBy.length > witnessesShown && ` and ${seenBy.length - witnessesShown} more`}
      </p>
    </header>
  )
}
