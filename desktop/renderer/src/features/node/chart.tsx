import { ActionIcon, Tooltip } from '@mantine/core'
import { IconChartLine, IconTable } from '@tabler/icons-react'
import type { Node as FleetNode } from '@wrale/protocol/api'
import { useMemo, useState } from 'react'
import { useThemeName, useTimeStyle } from '../../app/hooks.ts'
import { axisBounds, type ChartSpec, latestText } from '../../model/charts.ts'
import { seriesCsv } from '../../model/csv.ts'
import { absent, formatQuantity, quantity } from '../../model/format.ts'
import type { NodeQuery } from '../../model/node-query.ts'
import { align, extent, gaps, type History } from '../../model/series.ts'
import { clockTime } from '../../model/time.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { DataTable } from './data-table.tsx'
import classes from './node.module.css'
import { Plot } from './plot.tsx'

interface ChartProps {
  readonly spec: ChartSpec
  readonly node: FleetNode
  readonly history: History
  readonly fromMs: number
  readonly toMs: number
  /** Longest silence that is still one line, ms. */
  readonly gapMs: number
  readonly asTable: boolean
  readonly toggleTable: () => void
  readonly zoom: (zoom: NonNullable<NodeQuery['zoom']>) => void
}

/** One quantity over time, drawn or as a table. */
export function Chart({ spec, node, history, fromMs, toMs, gapMs, asTable, toggleTable, zoom }: ChartProps) {
  const style = useTimeStyle()
  const theme = useThemeName()
  const [cursor, setCursor] = useState<number>()
  const points = useMemo(() => spec.series.map((series) => series.points(history)), [spec, history])
  const data = useMemo(() => align(points, gapMs), [points, gapMs])
  const content = useMemo(
    () => ({
      data,
      silences: gaps(data, gapMs, fromMs, toMs),
      bounds: boundsOf(spec, points, fromMs, toMs),
      mark: { atMs: Date.parse(node.stateSince), state: node.state },
      fromMs,
      toMs,
    }),
    [spec, points, data, gapMs, fromMs, toMs, node.stateSince, node.state],
  )
  const titleId = `chart-${spec.id}`
  const atMs = cursor === undefined ? undefined : data.timesMs[cursor]
  const textAt = (index: number): string =>
    readout(
      spec,
      data.values.map((column) => column[index] ?? null),
    )
  return (
    <section className={classes.chart} aria-labelledby={titleId} data-testid="chart" data-chart={spec.id}>
      <header className={classes.chartHead}>
        <h2 id={titleId}>{spec.title}</h2>
        <span className={classes.readout}>
          {cursor === undefined || atMs === undefined ? (
            <strong>{nowText(spec, node)}</strong>
          ) : (
            <>
              <strong>{textAt(cursor)}</strong> <span className={classes.faint}>{clockTime(atMs, style)}</span>
            </>
          )}
        </span>
        <span className={classes.chartActions}>
          <Tooltip label={asTable ? 'Show as a chart' : 'Show as a table'}>
            <ActionIcon
              variant="subtle"
              size="sm"
              aria-pressed={asTable}
              aria-label={`${spec.title} as a table`}
              onClick={toggleTable}
            >
              {asTable ? <IconChartLine size={16} stroke={1.5} /> : <IconTable size={16} stroke={1.5} />}
            </ActionIcon>
          </Tooltip>
          <CopyButton
            size="sm"
            label={`Copy ${spec.title.toLowerCase()} as CSV`}
            text={() =>
              seriesCsv(
                spec.series.map(({ label }) => label),
                spec.unit,
                data,
              )
            }
          />
        </span>
      </header>
      {asTable ? (
        <DataTable spec={spec} data={data} fromMs={fromMs} toMs={toMs} />
      ) : (
        <Plot
          key={`${theme} ${style.utc}`}
          spec={spec}
          theme={theme}
          style={style}
          content={content}
          labelledBy={titleId}
          textAt={(index) => `${clockTime(data.timesMs[index] ?? 0, style)}, ${textAt(index)}`}
          cursor={cursor}
          onCursor={setCursor}
          onZoom={zoom}
        />
      )}
    </section>
  )
}

function boundsOf(
  spec: ChartSpec,
  points: readonly (readonly (readonly [number, number])[])[],
  fromMs: number,
  toMs: number,
): [number, number] {
  const visible = points.flatMap((series) => series.filter(([atMs]) => atMs >= fromMs && atMs <= toMs))
  const all = extent(visible)
  return axisBounds(spec, all?.min ?? 0, all?.max ?? 0)
}

/** Values of all series: "in 4.2 kB/s, out 1.1 kB/s"; a single series needs no name. */
function readout({ series, unit }: ChartSpec, values: readonly (number | null)[]): string {
  const texts = values.map((value) => (value === null ? absent : formatQuantity(quantity(unit, value))))
  return series.length === 1
    ? (texts[0] ?? absent)
    : series.map(({ label }, index) => `${label.toLowerCase()} ${texts[index]}`).join(', ')
}

function nowText(spec: ChartSpec, { readings }: FleetNode): string {
  if (spec.series.length === 1) return latestText(spec, readings)
  return readout(
    spec,
    spec.series.map(({ now }) => now(readings) ?? null),
  )
}
