import { memo, useMemo } from 'react'
import { formatMs, formatRatio } from '../../model/format.ts'
import { type Layout, linkPath } from '../../model/mesh/layout.ts'
import { placeLabels } from '../../model/mesh/link-labels.ts'
import { linkKinds, type Mesh, type MeshLink, meshLimits } from '../../model/mesh/mesh.ts'
import classes from './graph.module.css'

interface GraphLinksProps {
  readonly mesh: Mesh
  readonly layout: Layout
  /** Member whose links stand out. */
  readonly focus: string | undefined
  /** Every link has its round trip beside it. */
  readonly labelled: boolean
}

/** All links of a kind are one path: a mesh of hundreds stays a handful of shapes. */
export const GraphLinks = memo(function GraphLinks({ mesh, layout, focus, labelled }: GraphLinksProps) {
  const paths = useMemo(
    () =>
      linkKinds.toReversed().map((kind) => ({
        kind,
        path: mesh.links
          .filter((link) => link.kind === kind)
          .map((link) => drawn(link, layout))
          .join(''),
      })),
    [mesh, layout],
  )
  const own = focus === undefined ? [] : (mesh.linksOf.get(focus) ?? [])
  const named = focus === undefined ? (labelled ? mesh.links : []) : own
  const labels = placeLabels(named, layout, focus, labelText)
  return (
    <g>
      <g className={classes.allLinks}>
        {paths.map(({ kind, path }) => (
          <path key={kind} d={path} data-kind={kind} className={classes.link} />
        ))}
      </g>
      {own.map((link) => (
        <path
          key={`${link.a.id} ${link.b.id}`}
          d={drawn(link, layout)}
          data-kind={link.kind}
          data-own
          className={classes.link}
        />
      ))}
      {labels.map(({ link, text, x, y }) => (
        <text key={`${link.a.id} ${link.b.id}`} x={x} y={y} className={classes.linkLabel} data-kind={link.kind}>
          {text}
        </text>
      ))}
    </g>
  )
})

function drawn({ a, b }: MeshLink, { places, middles }: Layout): string {
  const from = places.get(a.id)
  const to = places.get(b.id)
  const middle = middles.get(a.id)
  return from === undefined || to === undefined || middle === undefined ? '' : linkPath(from, to, middle)
}

/** "2.3 ms", and what is lost when it is much. */
function labelText({ rttMs, lossRatio = 0 }: MeshLink): string {
  const loss = lossRatio >= meshLimits.lossRatio ? `, loses ${formatRatio(lossRatio)}` : ''
  return `${formatMs(rttMs)}${loss}`
}
