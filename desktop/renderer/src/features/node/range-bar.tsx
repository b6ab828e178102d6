import { Button, SegmentedControl } from '@mantine/core'
import { IconPlayerPlay, IconZoomReset } from '@tabler/icons-react'
import { useTimeStyle } from '../../app/hooks.ts'
import { type NodeQuery, ranges } from '../../model/node-query.ts'
import { clockTime } from '../../model/time.ts'
import classes from './node.module.css'
import type { UpdateNodeQuery } from './use-node-query.ts'

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
      <SegmentedControl
        size="xs"
        aria-label="Time range"
        value={zoom === undefined ? range : ''}
        data={ranges.map(({ id, label }) => ({ value: id, label }))}
        onChange={(value) => {
          const chosen = ranges.find(({ id }) => id === value)
          if (chosen !== undefined) update({ range: chosen.id, zoom: undefined })
        }}
      />
      {zoom === undefined ? (
        <span className={classes.live} role="status">
          <IconPlayerPlay size={14} stroke={1.75} aria-hidden="true" />
          Live{style.utc && ', UTC'}
        </span>
      ) : (
        <>
          <span className={classes.faint} role="status">
            {clockTime(zoom.fromMs, style)} to {clockTime(zoom.toMs, style)}
            {style.utc && ' UTC'}
          </span>
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
