import type { Curve, FanSettings } from './settings.ts'

/** What the fan must remember between two steps. */
export interface FanState {
  /** Ratio 0..1. */
  readonly duty: number
  /** Temperature that the curve is read at: it follows the measured one up at once, and down at a distance. */
  readonly curveCelsius?: number
  readonly kickUntilMs: number
  readonly atMs?: number
}

export const fanAtStart: FanState = { duty: 0, kickUntilMs: 0 }

/** How the duty is found: from the curve, all there is, or what is safe when nothing can be measured. */
export type FanMode = 'curve' | 'full' | 'safe'

/** What the fan is asked for. */
export interface FanAsked {
  readonly mode: FanMode
  readonly celsius: number | undefined
  /** Ratio 0..1, whatever the curve says. */
  readonly floorDuty: number
}

/** The duty of a curve, ratio 0..1: straight lines between its points, level outside them. */
export function dutyAt(curve: Curve, celsius: number): number {
  let below = curve[0]
  for (const point of curve) {
    if (celsius < point.celsius) {
      if (below === undefined || below === point) return point.duty
      const part = (celsius - below.celsius) / (point.celsius - below.celsius)
      return below.duty + part * (point.duty - below.duty)
    }
    below = point
  }
  return below?.duty ?? 1
}

/** The fan's next duty. It never falls faster than `fallPerSecond`; on its way to a stop it passes below `minOnDuty`. */
export function nextFan(
  before: FanState,
  { mode, celsius, floorDuty }: FanAsked,
  settings: FanSettings,
  atMs: number,
): FanState {
  const seconds = Math.max(0, atMs - (before.atMs ?? atMs)) / 1000
  const curveCelsius = celsius === undefined ? before.curveCelsius : follow(before.curveCelsius, celsius, settings)
  const floor = floorDuty > 0 ? Math.max(settings.minOnDuty, Math.min(1, floorDuty)) : 0
  const target = Math.max(floor, targetDuty(mode, curveCelsius, settings))
  const mayFall = before.duty - settings.fallPerSecond * seconds
  const stands = before.duty < settings.minOnDuty && target > 0
  const kickUntilMs = stands ? atMs + settings.kickMs : before.kickUntilMs
  const wanted = atMs < kickUntilMs && target > 0 ? Math.max(target, settings.kickDuty) : target
  // A fan that stands is not led up to where it begins to turn, and what is urgent does not wait.
  const rises = stands || mode !== 'curve' ? wanted : Math.min(wanted, before.duty + settings.risePerSecond * seconds)
  const duty = wanted >= before.duty ? Math.max(rises, before.duty) : Math.max(wanted, mayFall)
  return {
    duty: Math.min(1, Math.max(0, duty)),
    kickUntilMs,
    atMs,
    ...(curveCelsius === undefined ? {} : { curveCelsius }),
  }
}

function follow(before: number | undefined, celsius: number, { hysteresisCelsius }: FanSettings): number {
  if (before === undefined) return celsius
  return Math.max(celsius, Math.min(before, celsius + hysteresisCelsius))
}

function targetDuty(mode: FanMode, celsius: number | undefined, settings: FanSettings): number {
  if (mode === 'full') return 1
  if (mode === 'safe' || celsius === undefined) return settings.safeDuty
  if (settings.profile === 'max') return 1
  const duty = dutyAt(settings.curves[settings.profile], celsius)
  return duty === 0 ? 0 : Math.max(duty, settings.minOnDuty)
}
