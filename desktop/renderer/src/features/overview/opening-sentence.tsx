import type { Node as FleetNode } from '@wrale/protocol/api'
import { Link } from 'wouter'
import { useFleet, useLink, useNow } from '../../app/hooks.ts'
import { openingSentence } from '../../model/sentence.ts'
import { Lasting } from '../../ui/ago.tsx'
import classes from './overview.module.css'

export function OpeningSentence({ nodes }: { readonly nodes: readonly FleetNode[] }) {
  const station = useFleet()?.station
  const connected = useLink().phase === 'live'
  const nowMs = useNow()
  const { tone, parts } = openingSentence(nodes, { station, connected }, nowMs)
  return (
    <header className={classes.opening} data-tone={tone}>
      <h1>
        {parts.map(({ text, node }) =>
          node === undefined ? (
            text
          ) : (
            <Link key={node.id} href={`/nodes/${node.id}`}>
              {text}
            </Link>
          ),
        )}
      </h1>
      {tone === 'calm' && (
        <p>
          No state has changed for <Lasting since={latestChange(nodes)} />.
        </p>
      )}
    </header>
  )
}

function latestChange(nodes: readonly FleetNode[]): string {
  return nodes.reduce((latest, { stateSince }) => (stateSince > latest ? stateSince : latest), '')
}
