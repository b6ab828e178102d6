import 'uplot/dist/uPlot.min.css'
import type { NodeState } from '@wrale/protocol/api'
import { type KeyboardEvent, useEffect, useEffectEvent, useRef } from 'react'
import uPlot from 'uplot'
import type { ChartSpec } from '../../model/charts.ts'
import { minZoomMs, type NodeQuery } from '../../model/node-query.ts'
import type { Aligned } from '../../model/series.ts'
import type { TimeStyle } from '../../model/time.ts'
import type { ThemeName } from '../../theme/resolve.ts'
import classes from './node.module.css'
import { plotOptions } from './plot-options.ts'

/** What changes in a plot while it stands. */
export interface PlotContent {
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

interface PlotProps {
  readonly spec: ChartSpec
  /** A plot is made anew for another theme or zone: give it another key. */
  readonly theme: ThemeName
  readonly style: TimeStyle
  readonly content: PlotContent
  readonly labelledBy: string
  /** What stands at a point of the data, in words. */
  readonly textAt: (index: number) => string
  /** Point of the data under the cursor. */
  readonly cursor: number | undefined
  readonly onCursor: (index: number | undefined) => void
  readonly onZoom: (zoom: NonNullable<NodeQuery['zoom']>) => void
}

/** uPlot in React: made once, then fed. A hidden slider moves the cursor from the keyboard and says what is there. */
export function Plot(props: PlotProps) {
  const { spec, theme, style, content, labelledBy, textAt, cursor, onCursor, onZoom } = props
  const { data, fromMs, toMs } = content
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const shown = useRef(content)
  const tellCursor = useEffectEvent(onCursor)
  const tellZoom = useEffectEvent(onZoom)

  useEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const options = plotOptions({
      spec,
      theme,
      style,
      width: element.clientWidth,
      content: () => shown.current,
      onCursor: (index) => tellCursor(index),
      onZoom: (zoom) => tellZoom(zoom),
    })
    const made = new uPlot(options, uplotData(shown.current.data), element)
    plot.current = made
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: made.height }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
      plot.current = undefined
    }
  }, [spec, theme, style])

  useEffect(() => {
    shown.current = content
    plot.current?.setData(uplotData(content.data), false)
    plot.current?.setScale('x', { min: content.fromMs, max: content.toMs })
  }, [content])

  const last = Math.max(0, data.timesMs.length - 1)
  const moveTo = (index: number): void => {
    const atMs = data.timesMs[index]
    if (plot.current === undefined || atMs === undefined) return
    plot.current.setCursor({ left: plot.current.valToPos(atMs, 'x'), top: 10 })
  }
  const zoomBy = (factor: number): void => {
    const middle = data.timesMs[cursor ?? -1] ?? (fromMs + toMs) / 2
    const half = Math.max(minZoomMs, ((toMs - fromMs) * factor) / 2)
    onZoom({ fromMs: Math.round(middle - half), toMs: Math.round(middle + half) })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === '+') zoomBy(0.5)
    else if (event.key === '-') zoomBy(2)
    else return
    event.preventDefault()
  }
  return (
    <div className={classes.plot}>
      <div ref={box} />
      <input
        type="range"
        className={classes.plotSlider}
        aria-labelledby={labelledBy}
        aria-valuetext={textAt(cursor ?? last)}
        min={0}
        max={last}
        value={cursor ?? last}
        onChange={({ currentTarget }) => moveTo(Number(currentTarget.value))}
        onKeyDown={onKeyDown}
        onBlur={() => onCursor(undefined)}
      />
    </div>
  )
}

/** uPlot's form: times, then one array a series. It only reads them. */
function uplotData({ timesMs, values }: Aligned): uPlot.AlignedData {
  return [timesMs, ...values] as unknown as uPlot.AlignedData
}
