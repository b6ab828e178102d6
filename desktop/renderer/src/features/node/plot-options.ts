import uPlot from 'uplot'
import type { ChartSpec } from '../../model/charts.ts'
import { formatQuantity, quantity } from '../../model/format.ts'
import { minZoomMs, type NodeQuery } from '../../model/node-query.ts'
import { axisTime, clockTime, type TimeStyle } from '../../model/time.ts'
import type { ThemeName } from '../../theme/resolve.ts'
import { drawMark, drawSilences, drawThresholds } from './plot-drawing.ts'
import type { PlotContent } from './plot.tsx'
import { token } from './token.ts'

type OnZoom = (zoom: NonNullable<NodeQuery['zoom']>) => void

export interface PlotSetup {
  readonly spec: ChartSpec
  readonly theme: ThemeName
  readonly style: TimeStyle
  /** Pixels. */
  readonly width: number
  /** What the plot shows now; asked at every drawing. */
  readonly content: () => PlotContent
  readonly onCursor: (index: number | undefined) => void
  readonly onZoom: OnZoom
}

/** All charts of a page move their cursors together. */
const syncKey = 'node-charts'
const plotHeight = 160
const dayMs = 86_400_000
/** Below this, minutes do not tell two marks of the axis apart, ms. */
const secondsMs = 180_000

export function plotOptions({ spec, theme, style, width, content, onCursor, onZoom }: PlotSetup): uPlot.Options {
  const outdoor = theme === 'outdoor'
  const font = `${outdoor ? 14 : 11}px ${getComputedStyle(document.body).fontFamily}`
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
      points: { size: 7, fill: (_, index) => colour(index), stroke: () => token('--bg'), width: 2 },
    },
    tzDate: (atMs) => (style.utc ? uPlot.tzDate(new Date(atMs), 'Etc/UTC') : new Date(atMs)),
    scales: { x: { time: true, range: (_, min, max) => [min, max] }, y: { range: () => [...content().bounds] } },
    axes: [timeAxis(style, font), valueAxis(spec, font, outdoor)],
    series: [{}, ...spec.series.map((_, index) => line(index, outdoor ? 2.5 : 1.5))],
    hooks: {
      drawClear: [(u) => drawSilences(u, content().silences, spec.thresholds)],
      draw: [(u) => drawThresholds(u, spec.thresholds), (u) => drawMark(u, content().mark)],
      setCursor: [({ cursor: { left = -1, idx } }) => onCursor(left < 0 ? undefined : (idx ?? undefined))],
      setSelect: [(u) => brushed(u, onZoom)],
    },
  }
}

/** Ends a brush. The charts share it; only the one under the pointer answers. */
function brushed(u: uPlot, onZoom: OnZoom): void {
  const { left, width } = u.select
  if (width <= 0) return
  const fromMs = Math.round(u.posToVal(left, 'x'))
  const toMs = Math.round(u.posToVal(left + width, 'x'))
  u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  if (!u.over.matches(':hover') || toMs - fromMs < minZoomMs) return
  // The cursor stood on a point that is elsewhere now; the other charts follow this one.
  u.setCursor({ left: -10, top: -10 })
  onZoom({ fromMs, toMs })
}

/** @param index of the series, from 1: uPlot counts the times as series 0 */
function colour(index: number): string {
  return token(index === 1 ? '--chart-1' : '--chart-2')
}

function line(index: number, width: number): uPlot.Series {
  return {
    stroke: () => colour(index + 1),
    width,
    spanGaps: false,
    ...(index > 0 ? { dash: [5, 3] } : {}),
    points: { show: true, size: width + 2, fill: () => colour(index + 1), width: 0, filter: lonely },
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

function timeAxis(style: TimeStyle, font: string): uPlot.Axis {
  return {
    stroke: () => token('--text-3'),
    font,
    grid: { show: false },
    ticks: { show: false },
    size: 26,
    gap: 4,
    space: 64,
    values: (u, splits) => {
      const { min, max } = u.scales['x'] ?? {}
      const span = (max ?? 0) - (min ?? 0)
      return splits.map((atMs) => (span < secondsMs ? clockTime(atMs, style) : axisTime(atMs, style, span > dayMs)))
    },
  }
}

function valueAxis({ unit }: ChartSpec, font: string, outdoor: boolean): uPlot.Axis {
  return {
    stroke: () => token('--text-3'),
    font,
    // Outdoors every line is black: only dots keep the grid apart from the limits.
    grid: { stroke: () => token('--line'), width: 1, ...(outdoor ? { dash: [1, 5] } : {}) },
    ticks: { show: false },
    size: outdoor ? 76 : 60,
    gap: 6,
    space: 36,
    values: (_, splits) => splits.map((value) => axisText(formatQuantity(quantity(unit, value)))),
  }
}

/** Axis marks are round numbers: zeros after the point say nothing. */
function axisText(text: string): string {
  return text.replace(/(\.\d*?)0+(?=\D|$)/, '$1').replace(/\.(?=\D|$)/, '')
}
