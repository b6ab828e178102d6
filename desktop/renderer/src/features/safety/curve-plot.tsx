import { useElementSize, useMergedRef } from '@mantine/hooks'
import type { FanCurve } from '@wrale/protocol/node'
import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { formatMetric, formatRatio } from '../../model/format.ts'
import { dutyAt, isSameCurve, movedTo } from '../../model/safety/curve.ts'
import classes from './fan-editor.module.css'

interface CurvePlotProps {
  readonly curve: FanCurve
  readonly inUse: FanCurve
  readonly celsius: number | undefined
  /** Degrees that are drawn. */
  readonly reach: { readonly min: number; readonly max: number }
  readonly selected: number
  readonly select: (index: number) => void
  readonly change: (curve: FanCurve) => void
  readonly remove: (index: number) => void
}

const height = 232
const margin = { left: 44, right: 18, top: 18, bottom: 30 } as const
/** A finger in a glove finds a point from this far, pixels. */
const grab = 28
const steps = { plain: { celsius: 1, duty: 0.01 }, wide: { celsius: 5, duty: 0.1 } } as const
const shares = [0, 0.25, 0.5, 0.75, 1] as const

/** The curve as a drawing whose points are taken with the pointer or with the keys. */
export function CurvePlot({ curve, inUse, celsius, reach, selected, select, change, remove }: CurvePlotProps) {
  const { ref: size, width } = useElementSize()
  const handles = useRef<HTMLFieldSetElement>(null)
  const ref = useMergedRef(size, handles)
  const drawing = useRef<SVGSVGElement>(null)
  const dragged = useRef<number>(undefined)
  const inner = { width: Math.max(1, width - margin.left - margin.right), height: height - margin.top - margin.bottom }
  const x = (degrees: number): number => margin.left + ((degrees - reach.min) / (reach.max - reach.min)) * inner.width
  const y = (duty: number): number => margin.top + (1 - duty) * inner.height
  const path = (points: FanCurve): string =>
    [
      [reach.min, points[0]?.duty ?? 0] as const,
      ...points.map((point) => [point.celsius, point.duty] as const),
      [reach.max, points.at(-1)?.duty ?? 1] as const,
    ]
      .map(([degrees, duty], index) => `${index === 0 ? 'M' : 'L'}${x(degrees).toFixed(1)} ${y(duty).toFixed(1)}`)
      .join('')

  const where = ({ clientX, clientY }: PointerEvent): { readonly x: number; readonly y: number } => {
    const box = drawing.current?.getBoundingClientRect()
    return { x: clientX - (box?.left ?? 0), y: clientY - (box?.top ?? 0) }
  }
  const onPointerDown = (event: PointerEvent<SVGSVGElement>): void => {
    const at = where(event)
    const distances = curve.map((point) => Math.hypot(x(point.celsius) - at.x, y(point.duty) - at.y))
    const index = distances.indexOf(Math.min(...distances))
    if (event.button !== 0 || (distances[index] ?? Infinity) > grab) return
    event.preventDefault()
    dragged.current = index
    select(index)
    drawing.current?.setPointerCapture(event.pointerId)
    handles.current?.querySelectorAll('input')[index]?.focus()
  }
  const onPointerMove = (event: PointerEvent): void => {
    if (dragged.current === undefined) return
    const at = where(event)
    const degrees = reach.min + ((at.x - margin.left) / inner.width) * (reach.max - reach.min)
    change(movedTo(curve, dragged.current, { celsius: degrees, duty: 1 - (at.y - margin.top) / inner.height }, reach))
  }
  const release = (): void => {
    dragged.current = undefined
  }
  const onKeyDown = (event: KeyboardEvent, index: number): void => {
    const point = curve[index]
    const step = event.shiftKey ? steps.wide : steps.plain
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key]
    const isRemoval = event.key === 'Delete' || event.key === 'Backspace'
    if (point === undefined || (by === undefined && !isRemoval)) return
    event.preventDefault()
    event.stopPropagation()
    if (by === undefined) return remove(index)
    const [right = 0, up = 0] = by
    change(
      movedTo(
        curve,
        index,
        { celsius: point.celsius + right * step.celsius, duty: point.duty + up * step.duty },
        reach,
      ),
    )
  }
  // Points never pass each other: their order names them.
  const order = curve.map((_, index) => index)
  const every = inner.width < 360 ? 20 : 10
  const degrees = Array.from(
    { length: Math.floor((reach.max - reach.min) / every) + 1 },
    (_, index) => reach.min + index * every,
  )
  return (
    <fieldset ref={ref} className={classes.plot} aria-label="Points of the curve, to be moved">
      {width > 0 && (
        <svg
          ref={drawing}
          width={width}
          height={height}
          aria-hidden="true"
          onPointerDown={onPointerDown}
          onPointerMove={onPointerMove}
          onPointerUp={release}
          onPointerCancel={release}
        >
          <g>
            {shares.map((share) => (
              <g key={share}>
                <line x1={margin.left} x2={width - margin.right} y1={y(share)} y2={y(share)} className={classes.grid} />
                <text x={margin.left - 8} y={y(share) + 4} textAnchor="end" className={classes.axis}>
                  {Math.round(share * 100)}
                  {share === 1 && ' %'}
                </text>
              </g>
            ))}
            {degrees.map((degree) => (
              <text key={degree} x={x(degree)} y={height - 8} textAnchor="middle" className={classes.axis}>
                {degree}
                {degree === degrees.at(-1) && ' °C'}
              </text>
            ))}
            {!isSameCurve(curve, inUse) && <path d={path(inUse)} className={classes.inUse} />}
            <path d={path(curve)} className={classes.line} />
            {celsius !== undefined && (
              <Present x={x(celsius)} y={y(dutyAt(curve, celsius))} celsius={celsius} width={width} />
            )}
          </g>
          {curve.map((point, index) => (
            <g
              key={point.celsius}
              className={classes.point}
              data-selected={index === selected || undefined}
              transform={`translate(${x(point.celsius).toFixed(1)} ${y(point.duty).toFixed(1)})`}
            >
              <circle r={22} className={classes.reach} />
              <circle r={7} className={classes.dot} />
            </g>
          ))}
        </svg>
      )}
      {/* For keys and for those who listen; the pointer takes what is drawn below. */}
      {width > 0 &&
        order.map((index) => {
          const { celsius: degree = 0, duty = 0 } = curve[index] ?? {}
          return (
            <input
              key={index}
              type="range"
              className={classes.handle}
              style={{ left: x(degree), top: y(duty) }}
              aria-label={`Point ${index + 1} of ${curve.length}`}
              aria-valuetext={`${degree} °C, ${formatRatio(duty)}`}
              min={reach.min}
              max={reach.max}
              step="any"
              value={degree}
              onFocus={() => select(index)}
              onKeyDown={(event) => onKeyDown(event, index)}
              onChange={(event) => change(movedTo(curve, index, { celsius: Number(event.target.value), duty }, reach))}
            />
          )
        })}
    </fieldset>
  )
}

interface PresentProps {
  readonly x: number
  readonly y: number
  readonly celsius: number
  readonly width: number
}

/** The temperature now, and what the curve makes of it. */
function Present({ x, y, celsius, width }: PresentProps) {
  const isRight = x > width - 96
  return (
    <>
      <line x1={x} x2={x} y1={margin.top} y2={height - margin.bottom} className={classes.now} />
      <path d={`M${x - 6} ${y}L${x} ${y - 6}L${x + 6} ${y}L${x} ${y + 6}Z`} className={classes.nowMark} />
      <text
        x={isRight ? x - 8 : x + 8}
        y={height - margin.bottom - 8}
        textAnchor={isRight ? 'end' : 'start'}
        className={classes.nowText}
      >
        now {formatMetric('temperatureCelsius', celsius)}
      </text>
    </>
  )
}
