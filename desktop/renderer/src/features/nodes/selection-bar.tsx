import { Button } from '@mantine/core'
import { useMemo } from 'react'
import { useNodes } from '../../app/hooks.ts'
import { nodesCsv } from '../../model/csv.ts'
import { counted } from '../../model/format.ts'
import { shortId } from '../../model/list-query.ts'
import { bySeverity } from '../../model/state.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import classes from './nodes.module.css'

/** What can be done with the selected nodes. */
export function SelectionBar({
  selected,
  clear,
}: {
  readonly selected: readonly string[]
  readonly clear: () => void
}) {
  const nodes = useNodes()
  const chosen = useMemo(() => {
    const wanted = new Set(selected)
    return [...nodes.values()].filter(({ id }) => wanted.has(shortId(id))).toSorted(bySeverity)
  }, [nodes, selected])
  return (
    <section className={classes.selection} aria-label="Selection">
      <strong>{counted(chosen.length, 'node')} selected</strong>
      <CopyButton withLabel label="Copy names" text={() => chosen.map(({ name }) => name).join('\n')} />
      <CopyButton withLabel label="Copy as CSV" text={() => nodesCsv(chosen)} />
      <Button variant="subtle" size="xs" onClick={clear}>
        Clear
      </Button>
    </section>
  )
}
