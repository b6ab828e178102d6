import 'uplot/dist/uPlot.min.css'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import uPlot from 'uplot'
import { useThemeChoice, useTimeStyle } from '../../app/hooks.ts'
import type { ChartSpec } from '../../model/charts.ts'
import { minZoomMs, type NodeQuery } from '../../model/node-query.ts'
import type { Aligned } from '../../model/series.ts'
import type { NodeState } from '@wrale/protocol/api'
import classes from './node.module.css'
import { plotOptions } from './plot-options.ts'

export interface PlotState {
  readonly spec: ChartSpec
  readonly data: Aligned
  /** Stretches without data. */
  readonly silences: readonly (readonly [fromMs: number, toMs: number])[]
  /** Of the value axis. */
  readonly bounds: readonly [low: number, high: number]
  /** When the node came into its state. */
  readonly mark: { readonly atMs: number; readonly state: NodeState }
  readonly fromMs: number
  readonly toMs: number
}

interface PlotProps extends PlotState {
  readonly labelledBy: string
  /** What stands at a point of the data, in words. */
  readonly textAt: (index: number) => string
  /** Point of the data under the cursor. */
  readonly cursor: number | undefined
  readonly onCursor: (index: number | undefined) => void
  readonly onZoom: (zoom: NonNullable<NodeQuery['zoom']>) => void
}

/** uPlot in React: made once, then fed. Drawing reads the latest state, so that nothing is built anew for a new point. */
export function Plot(props: PlotProps) {
  const { data, bounds, silences, mark, fromMs, toMs, labelledBy, textAt, cursor, onCursor, onZoom } = props
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const style = useTimeStyle()
  const theme = useThemeChoice()
  const latest = useRef({ props, style })
  latest.current = { props, style }

  useEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const made = new uPlot(
      plotOptions(() => latest.current, element.clientWidth),
      uplotData(latest.current.props.data),
      element,
    )
    plot.current = made
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: made.height }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
      plot.current = undefined
    }
  }, [])

  useEffect(() => {
    plot.current?.setData(uplotData(data), false)
    plot.current?.setScale('x', { min: fromMs, max: toMs })
  }, [data, bounds, silences, mark, fromMs, toMs])

  // Colours come from the theme's style sheet, which is in force one frame later.
  useEffect(() => {
    const frame = requestAnimationFrame(() => plot.current?.redraw(false, true))
    return () => cancelAnimationFrame(frame)
  }, [theme, style])

  const last = data.timesMs.length - 1
  const moveTo = (index: number): void => {
    const atMs = data.timesMs[index]
    if (plot.current === undefined || atMs === undefined) return
    plot.current.setCursor({ left: plot.current.valToPos(atMs, 'x'), top: 10 })
  }
  const zoomBy = (factor: number): void => {
    const middle = cursor === undefined ? (fromMs + toMs) / 2 : (data.timesMs[cursor] ?? (fromMs + toMs) / 2)
    const half = Math.max(minZoomMs, ((toMs - fromMs) * factor) / 2)
    onZoom({ fromMs: Math.round(middle - half), toMs: Math.round(middle + half) })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => moveTo(Math.max(0, (cursor ?? last + 1) - 1)),
      ArrowRight: () => moveTo(Math.min(last, (cursor ?? last - 1) + 1)),
      Home: () => moveTo(data.timesMs.findIndex((atMs) => atMs >= fromMs)),
      End: () => moveTo(last),
      '+': () => zoomBy(0.5),
      '-': () => zoomBy(2),
    }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    step()
  }
  return (
    <div
      ref={box}
      className={classes.plot}
      role="slider"
      tabIndex={0}
      aria-labelledby={labelledBy}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, last)}
      aria-valuenow={cursor ?? last}
      aria-valuetext={textAt(cursor ?? last)}
      onKeyDown={onKeyDown}
      onBlur={() => onCursor(undefined)}
    />
  )
}

/** uPlot's form: times, then one array a series. It only reads them. */
function uplotData({ timesMs, values }: Aligned): uPlot.AlignedData {
  return [timesMs, ...values] as unknown as uPlot.AlignedData
}
