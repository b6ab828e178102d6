import { memo } from 'react'
import { roughly } from '../model/format.ts'
import type { Point } from '../model/series.ts'
import classes from './sparkline.module.css'

interface SparklineProps {
  readonly points: readonly Point[]
  readonly fromMs: number
  readonly toMs: number
  readonly gapMs: number
  /** Value bounds. */
  readonly low: number
  readonly high: number
  /** Dashed lines at these values when they are within the bounds. */
  readonly marks?: readonly { readonly value: number; readonly level: 'warn' | 'fail' }[]
  /** What the line is of; the time that it spans is added. */
  readonly label: string
}

const width = 200
const height = 40

/** A small line over time. Silence is a gap in the line. */
export const Sparkline = memo(function Sparkline({
  points,
  fromMs,
  toMs,
  gapMs,
  low,
  high,
  marks = [],
  label,
}: SparklineProps) {
  const x = (atMs: number): number => ((atMs - fromMs) / (toMs - fromMs)) * width
  const y = (value: number): number => height - 2 - ((value - low) / (high - low || 1)) * (height - 4)
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${label}, last ${roughly(toMs - fromMs)}`}
      className={classes.line}
    >
      {marks
        .filter(({ value }) => value >= low && value <= high)
        .map(({ value, level }) => (
          <line key={level} x1="0" x2={width} y1={y(value)} y2={y(value)} data-level={level} className={classes.mark} />
        ))}
      <path d={pathOf(points, gapMs, x, y)} className={classes.path} />
    </svg>
  )
})

function pathOf(
  points: readonly Point[],
  gapMs: number,
  x: (atMs: number) => number,
  y: (value: number) => number,
): string {
  let path = ''
  let previous = -Infinity
  for (const [atMs, value] of points) {
    path += `${atMs - previous > gapMs ? 'M' : 'L'}${x(atMs).toFixed(1)} ${y(value).toFixed(1)}`
    previous = atMs
  }
  return path
}
