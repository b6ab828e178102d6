import { Button } from '@mantine/core'
import { IconPlayerPlay, IconZoomReset } from '@tabler/icons-react'
import { useTimeStyle } from '../../app/hooks.ts'
import { type NodeQuery, ranges } from '../../model/node-query.ts'
import { clockTime } from '../../model/time.ts'
import { Segments } from '../../ui/segments.tsx'
import classes from './node.module.css'
import type { UpdateNodeQuery } from './use-node-query.ts'

const options = ranges.map(({ id, label }) => ({ value: id, label }))

export function RangeBar({
  query: { range, zoom },
  update,
}: {
  readonly query: NodeQuery
  readonly update: UpdateNodeQuery
}) {
  const style = useTimeStyle()
  return (
    <div className={classes.rangeBar}>
      <Segments
        label="Time range"
        options={options}
        value={zoom === undefined ? range : undefined}
        onChange={(chosen) => update({ range: chosen, zoom: undefined })}
      />
      {zoom === undefined ? (
        <output className={classes.live}>
          <IconPlayerPlay size={14} stroke={1.75} aria-hidden="true" />
          Live{style.utc && ', UTC'}
        </output>
      ) : (
        <>
          <output className={classes.faint}>
            {clockTime(zoom.fromMs, style)} to {clockTime(zoom.toMs, style)}
            {style.utc && ' UTC'}
          </output>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconZoomReset size={16} />}
            onClick={() => update({ zoom: undefined })}
          >
            Back to live
          </Button>
        </>
      )}
      <span className={classes.brushHint}>Drag over a chart to zoom</span>
    </div>
  )
}
