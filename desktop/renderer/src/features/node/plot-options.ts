import uPlot from 'uplot'
import type { ChartSpec } from '../../model/charts.ts'
import { formatQuantity, quantity } from '../../model/format.ts'
import { minZoomMs, type NodeQuery } from '../../model/node-query.ts'
import { axisTime, clockTime, type TimeStyle } from '../../model/time.ts'
import { drawMark, drawSilences, drawThresholds } from './plot-drawing.ts'
import type { PlotState } from './plot.tsx'
import { token } from './token.ts'

export interface LatestPlot {
  readonly props: PlotState & {
    readonly onCursor: (index: number | undefined) => void
    readonly onZoom: (zoom: NonNullable<NodeQuery['zoom']>) => void
  }
  readonly style: TimeStyle
}

/** All charts of a page move their cursors together. */
const syncKey = 'node-charts'
const plotHeight = 160
const dayMs = 86_400_000

/** @param latest what the chart shows now; asked at every drawing */
export function plotOptions(latest: () => LatestPlot, width: number): uPlot.Options {
  const { spec } = latest().props
  return {
    width,
    height: plotHeight,
    ms: 1,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: syncKey },
      drag: { x: true, y: false, setScale: false },
      y: false,
      points: { size: 7, fill: (u, index) => seriesColour(u, index), stroke: () => token('--bg'), width: 2 },
    },
    tzDate: (atMs) => (latest().style.utc ? uPlot.tzDate(new Date(atMs), 'Etc/UTC') : new Date(atMs)),
    scales: { x: { time: true, range: (_, min, max) => [min, max] }, y: { range: () => [...latest().props.bounds] } },
    axes: [timeAxis(latest), valueAxis(spec)],
    series: [{}, ...spec.series.map((_, index) => line(index))],
    hooks: {
      drawClear: [(u) => drawSilences(u, latest().props.silences)],
      draw: [(u) => drawThresholds(u, spec.thresholds), (u) => drawMark(u, latest().props.mark)],
      setCursor: [
        (u) =>
          latest().props.onCursor(
            u.cursor.left === undefined || u.cursor.left < 0 ? undefined : (u.cursor.idx ?? undefined),
          ),
      ],
      setSelect: [(u) => brushed(u, latest().props.onZoom)],
    },
  }
}

/** Ends a brush. The charts share it; only the one under the pointer answers. */
function brushed(u: uPlot, onZoom: (zoom: NonNullable<NodeQuery['zoom']>) => void): void {
  const { left, width } = u.select
  if (width <= 0) return
  const fromMs = Math.round(u.posToVal(left, 'x'))
  const toMs = Math.round(u.posToVal(left + width, 'x'))
  u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  if (u.over.matches(':hover') && toMs - fromMs >= minZoomMs) onZoom({ fromMs, toMs })
}

function seriesColour(_: uPlot, index: number): string {
  return token(index === 1 ? '--chart-1' : '--chart-2')
}

const isOutdoor = (): boolean => document.documentElement.dataset['theme'] === 'outdoor'

function line(index: number): uPlot.Series {
  return {
    stroke: (u, series) => seriesColour(u, series),
    width: isOutdoor() ? 2.5 : 1.5,
    spanGaps: false,
    ...(index > 0 ? { dash: [5, 3] } : {}),
    points: { show: true, size: 3.5, fill: (u, series) => seriesColour(u, series), width: 0, filter: lonely },
  }
}

/** A point with nothing on either side has no line; without a dot it would not be seen. */
function lonely(u: uPlot, series: number): number[] {
  const column = u.data[series] ?? []
  const result: number[] = []
  for (let index = 0; index < column.length; index += 1) {
    const alone = (column[index - 1] ?? null) === null && (column[index + 1] ?? null) === null
    if (alone && (column[index] ?? null) !== null) result.push(index)
  }
  return result
}

const font = (): string => `${isOutdoor() ? 14 : 11}px ${getComputedStyle(document.body).fontFamily}`

function timeAxis(latest: () => LatestPlot): uPlot.Axis {
  return {
    stroke: () => token('--text-3'),
    font: font(),
    grid: { show: false },
    ticks: { show: false },
    size: 26,
    gap: 4,
    space: 64,
    values: (u, splits) => {
      const { min = 0, max = 0 } = u.scales['x'] ?? {}
      const span = (max ?? 0) - (min ?? 0)
      const { style } = latest()
      return splits.map((atMs) => (span < 180_000 ? clockTime(atMs, style) : axisTime(atMs, style, span > dayMs)))
    },
  }
}

function valueAxis({ unit }: ChartSpec): uPlot.Axis {
  return {
    stroke: () => token('--text-3'),
    font: font(),
    grid: { stroke: () => token('--line'), width: 1 },
    ticks: { show: false },
    size: isOutdoor() ? 76 : 60,
    gap: 6,
    space: 36,
    values: (_, splits) => splits.map((value) => formatQuantity(quantity(unit, value)).replace(/\.0(?=\D|$)/, '')),
  }
}
