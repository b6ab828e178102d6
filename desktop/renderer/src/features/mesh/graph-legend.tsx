import { linkKinds, type Mesh } from '../../model/mesh/mesh.ts'
import { linkKindLabels } from './link-words.ts'
import graph from './graph.module.css'
import classes from './mesh.module.css'

/** The kinds of links that there are now, with their number. */
export function GraphLegend({ mesh: { links } }: { readonly mesh: Mesh }) {
  const counts = linkKinds
    .toReversed()
    .map((kind) => ({ kind, count: links.filter((link) => link.kind === kind).length }))
    .filter(({ count }) => count > 0)
  return (
    <ul className={classes.legend} aria-label="Kinds of links">
      {counts.map(({ kind, count }) => (
        <li key={kind}>
          <svg width="28" height="10" aria-hidden="true">
            <path d="M1 5H27" data-kind={kind} className={graph.link} />
          </svg>
          {linkKindLabels[kind]} <span className={classes.faint}>{count}</span>
        </li>
      ))}
      <li>
        <svg width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">
          <rect x="-6" y="-6" width="12" height="12" rx="2" className={graph.frame} data-station />
        </svg>
        station
      </li>
    </ul>
  )
}
