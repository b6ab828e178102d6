import type uPlot from 'uplot'
import type { Threshold } from '../../model/charts.ts'
import { stateWords } from '../../model/state.ts'
import type { PlotContent } from './plot.tsx'
import { token } from './token.ts'

const isOutdoor = (): boolean => document.documentElement.dataset['theme'] === 'outdoor'

/** Distance of the strokes that fill a silence, CSS pixels: outdoors they are black, and few leave text readable. */
const hatch = (): number => (isOutdoor() ? 18 : 7)
/** Strokes and gaps of the hatch, CSS pixels: where there is no grey, gaps make black lighter. */
const hatchDash = (): readonly number[] => (isOutdoor() ? [2, 6] : [])

const ratio = (): number => window.devicePixelRatio

function labelFont(): string {
  return `${isOutdoor() ? '600 ' : ''}${(isOutdoor() ? 13 : 10.5) * ratio()}px ${getComputedStyle(document.body).fontFamily}`
}

const silenceText = 'no data'
/** Room around a text that has a ground of its own, CSS pixels. */
const pad = 4
/** The ground of a text is wider than it by this on each side, CSS pixels. */
const ground = (): number => (isOutdoor() ? 5 : 2)
const textHeight = (): number => (isOutdoor() ? 13 : 11)

/** Time without data is hatched and named, never drawn over. */
export function drawSilences(u: uPlot, silences: PlotContent['silences'], thresholds: readonly Threshold[]): void {
  const { ctx, bbox } = u
  const right = bbox.left + bbox.width
  for (const [fromMs, toMs] of silences) {
    const start = Math.max(bbox.left, u.valToPos(fromMs, 'x', true))
    const end = Math.min(right, u.valToPos(toMs, 'x', true))
    if (end - start < 3 * ratio()) continue
    ctx.save()
    ctx.beginPath()
    ctx.rect(start, bbox.top, end - start, bbox.height)
    ctx.clip()
    ctx.strokeStyle = token('--line')
    ctx.lineWidth = ratio()
    ctx.setLineDash(hatchDash().map((length) => length * ratio()))
    ctx.beginPath()
    for (let x = start - bbox.height; x < end; x += hatch() * ratio()) {
      ctx.moveTo(x, bbox.top + bbox.height)
      ctx.lineTo(x + bbox.height, bbox.top)
    }
    ctx.stroke()
    ctx.font = labelFont()
    const width = ctx.measureText(silenceText).width
    if (end - start > width + 3 * pad * ratio()) {
      ctx.fillStyle = token('--text-3')
      drawLabel(ctx, silenceText, (start + end - width) / 2, freeBaseline(u, thresholds))
    }
    ctx.restore()
  }
}

/** Height at which a word meets no limit: near the bottom, else higher. */
function freeBaseline(u: uPlot, thresholds: readonly Threshold[]): number {
  const { bbox } = u
  const lines = thresholds.map(({ value }) => u.valToPos(value, 'y', true))
  const room = (textHeight() + pad) * ratio()
  const baselines = [0.06, 0.3, 0.5, 0.7, 0.86].map((share) => bbox.top + bbox.height * (1 - share))
  const isClear = (baseline: number): boolean =>
    lines.every((y) => y < baseline - room || y > baseline + 2 * pad * ratio())
  return baselines.find(isClear) ?? baselines[0] ?? bbox.top
}

/** Text on a ground of its own, so that it stays readable over lines and hatches. @param x of its left end */
function drawLabel(ctx: CanvasRenderingContext2D, text: string, x: number, y: number): void {
  const colour = ctx.fillStyle
  ctx.textAlign = 'left'
  ctx.textBaseline = 'alphabetic'
  ctx.fillStyle = token('--bg')
  const width = ctx.measureText(text).width
  // As high as capitals, so that it hides as little as can be.
  ctx.fillRect(
    x - ground() * ratio(),
    y - 0.85 * textHeight() * ratio(),
    width + 2 * ground() * ratio(),
    1.1 * textHeight() * ratio(),
  )
  ctx.fillStyle = colour
  ctx.fillText(text, x, y)
}

/** The label lies inside the plot, and no line runs through it. */
function isFree(u: uPlot, x: number, baseline: number, width: number): boolean {
  const { bbox } = u
  const top = baseline - 11 * ratio()
  const bottom = baseline + 3 * ratio()
  if (top < bbox.top || bottom > bbox.top + bbox.height) return false
  const [times = [], ...columns] = u.data
  for (let index = 0; index < times.length; index += 1) {
    const at = u.valToPos(times[index] ?? 0, 'x', true)
    if (at < x) continue
    if (at > x + width) return true
    const crossed = columns.some((column) => {
      const value = column[index] ?? null
      if (value === null) return false
      const y = u.valToPos(value, 'y', true)
      return y > top && y < bottom
    })
    if (crossed) return false
  }
  return true
}

/** Limits that health is judged by, as dashed lines with their names. */
export function drawThresholds(u: uPlot, thresholds: readonly Threshold[]): void {
  const { ctx, bbox } = u
  const { min, max } = u.scales['y'] ?? {}
  for (const { value, label, level } of thresholds) {
    if (typeof min !== 'number' || typeof max !== 'number' || value <= min || value >= max) continue
    const y = Math.round(u.valToPos(value, 'y', true))
    ctx.save()
    ctx.strokeStyle = token(level === 'fail' ? '--fail' : '--warn')
    ctx.fillStyle = ctx.strokeStyle
    ctx.lineWidth = ratio()
    ctx.setLineDash([4 * ratio(), 4 * ratio()])
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
    ctx.font = labelFont()
    // The two names part, so that close limits do not write over each other: the upper limit above its line, the lower one below.
    const isUpper = thresholds.every((other) => other.value <= value)
    const x = bbox.left + 6 * ratio()
    const above = y - 4 * ratio()
    const below = y + 11 * ratio()
    const preferred = isUpper ? [above, below] : [below, above]
    const width = ctx.measureText(label).width
    const free = preferred.find((baseline) => isFree(u, x, baseline, width))
    drawLabel(ctx, label, x, free ?? preferred[0] ?? above)
    ctx.restore()
  }
}

/** When the node came into its present state, as a mark on the time axis. */
export function drawMark(u: uPlot, { atMs, state }: PlotContent['mark']): void {
  if (state === 'ok') return
  const { ctx, bbox } = u
  const x = Math.round(u.valToPos(atMs, 'x', true))
  if (x < bbox.left || x > bbox.left + bbox.width) return
  ctx.save()
  ctx.strokeStyle = token(`--${state}`)
  ctx.fillStyle = ctx.strokeStyle
  ctx.lineWidth = ratio()
  ctx.beginPath()
  ctx.moveTo(x, bbox.top)
  ctx.lineTo(x, bbox.top + bbox.height)
  ctx.stroke()
  ctx.font = labelFont()
  const onLeft = x > bbox.left + bbox.width * 0.8
  const text = stateWords[state]
  const left = onLeft ? x - 5 * ratio() - ctx.measureText(text).width : x + 5 * ratio()
  drawLabel(ctx, text, left, bbox.top + bbox.height - 6 * ratio())
  ctx.restore()
}
