import { Button } from '@mantine/core'
import { type CSSProperties, useMemo, useState } from 'react'
import { linksCsv } from '../../model/csv.ts'
import { counted, formatMs, formatRatio } from '../../model/format.ts'
import { bySlowness, type Mesh, type MeshLink } from '../../model/mesh/mesh.ts'
import { Ago } from '../../ui/ago.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import rows from '../../ui/rows.module.css'
import { linkKindLabels } from './link-words.ts'
import classes from './mesh.module.css'

interface LinkListProps {
  readonly mesh: Mesh
  readonly select: (id: string) => void
}

const firstRows = 100
const columns = {
  '--columns': 'minmax(120px, 1fr) minmax(120px, 1fr) 120px 120px 90px 96px minmax(140px, 1fr)',
  '--narrow-columns': 'repeat(2, minmax(0, 1fr))',
} as CSSProperties

/** Every link as a line of a table, the slowest first: to read, to hear, to copy. */
export function LinkList({ mesh: { links }, select }: LinkListProps) {
  const [whole, setWhole] = useState(false)
  const sorted = useMemo(() => links.toSorted(bySlowness), [links])
  const shown = whole ? sorted : sorted.slice(0, firstRows)
  return (
    <section aria-label="Links as a list">
      <div className={classes.bar}>
        <output className={classes.faint}>{counted(links.length, 'link')}, the slowest first</output>
        <CopyButton withLabel label="Copy as CSV" text={() => linksCsv(sorted)} />
      </div>
      <table className={`${rows.list} ${classes.links}`} style={columns} aria-label="Links">
        <thead className={classes.block}>
          <tr className={rows.head}>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col" data-numeric>
              As from says
            </th>
            <th scope="col" data-numeric>
              As to says
            </th>
            <th scope="col" data-numeric>
              Lost
            </th>
            <th scope="col">Told</th>
            <th scope="col">About</th>
          </tr>
        </thead>
        <tbody className={classes.block}>
          {shown.map((link) => (
            <LinkRow key={`${link.a.id} ${link.b.id}`} link={link} select={select} />
          ))}
        </tbody>
      </table>
      {sorted.length > shown.length && (
        <Button variant="subtle" onClick={() => setWhole(true)}>
          Show all {sorted.length}
        </Button>
      )}
    </section>
  )
}

function LinkRow({ link, select }: { readonly link: MeshLink; readonly select: (id: string) => void }) {
  const { a, b, fromA, fromB, lossRatio, kind, toldAtMs } = link
  return (
    <tr className={rows.row} data-testid="link-row" data-kind={kind} data-ends={`${a.name} ${b.name}`}>
      {[a, b].map((end) => (
        <td key={end.id}>
          <button type="button" className={classes.peer} onClick={() => select(end.id)}>
            {end.name}
          </button>
        </td>
      ))}
      <td data-numeric data-label="from">
        {formatMs(fromA)}
      </td>
      <td data-numeric data-label="to">
        {formatMs(fromB)}
      </td>
      <td data-numeric data-label="lost">
        {formatRatio(lossRatio)}
      </td>
      <td className={rows.faint} data-label="told">
        <Ago at={toldAtMs === undefined ? null : new Date(toldAtMs).toISOString()} />
      </td>
      <td className={classes.about} data-kind={kind}>
        {kind === 'quick' ? '' : linkKindLabels[kind]}
      </td>
    </tr>
  )
}
