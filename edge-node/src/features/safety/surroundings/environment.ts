import type { SafetyAction } from '../base/action.ts'
import { celsius as text, type Decision, decision, percent, type Stepped } from '../base/decision.ts'
import { type Cause, causeOf, type Reading, type Trusted, trusted } from '../base/reading.ts'
import { advance, beyond, type Held, heldFrom, type Pace, paceAtStart, settle } from '../base/time.ts'
import { dewPointCelsius } from './dew-point.ts'
import type { EnvironmentSettings } from './settings.ts'

export interface EnvironmentInputs {
  /** Of the surroundings, °C. */
  readonly ambientCelsius?: Reading | undefined
  /** Relative, ratio 0..1. */
  readonly humidityRatio?: Reading | undefined
  /** Coldest surface of the machine, °C; where it is not measured the surroundings stand for it. */
  readonly surfaceCelsius?: Reading | undefined
}

export type Ambient = 'unknown' | 'normal' | 'hot' | 'cold'
export type Moisture = 'unknown' | 'dry' | 'humid' | 'condensation'

export interface EnvironmentState {
  readonly pace: Pace
  readonly ambient: Held<Ambient>
  readonly moisture: Held<Moisture>
  /** Absent where it cannot be told. */
  readonly dewPointCelsius?: number
}

export const environmentAtStart: EnvironmentState = {
  pace: paceAtStart,
  ambient: heldFrom<Ambient>('unknown'),
  moisture: heldFrom<Moisture>('unknown'),
}

/** Heat, cold and moisture around the machine. It mostly warns: a node cannot change its surroundings. */
export function stepEnvironment(
  before: EnvironmentState,
  inputs: EnvironmentInputs,
  settings: EnvironmentSettings,
  nowMs: number,
): Stepped<EnvironmentState> {
  const pace = advance(before.pace, nowMs)
  const read = (reading: Reading | undefined, min: number, max: number): Trusted | undefined =>
    trusted(reading, { min, max, maxAgeMs: settings.maxAgeMs }, pace.lastMs)
  const air = read(inputs.ambientCelsius, -60, 100)
  const humidity = read(inputs.humidityRatio, 0.001, 1)
  const surface = read(inputs.surfaceCelsius, -60, 127)
  const dew = air === undefined || humidity === undefined ? undefined : dewPointCelsius(air.value, humidity.value)

  const ambient = settle(
    before.ambient,
    ambientOf(air?.value, before.ambient.value, settings),
    pace.atMs,
    settings.dwellMs,
  )
  const margin = dew === undefined ? undefined : ((surface ?? air)?.value ?? Number.NaN) - dew
  const wet = moistureOf(humidity?.value, margin, before.moisture.value, settings)
  const moisture = settle(before.moisture, wet, pace.atMs, settings.dwellMs)

  const causes: Cause[] = [air, humidity, surface].flatMap((reading) =>
    reading === undefined ? [] : [causeOf(reading)],
  )
  if (dew !== undefined) causes.push({ name: 'dewPoint', value: dew, unit: 'celsius' })
  const decisions: Decision[] = []
  const say = (from: string, to: string, reason: string, code: string): void => {
    decisions.push(decision({ policy: 'environment', from, to, reason, code, causes, atMs: pace.lastMs }))
  }
  if (ambient.value !== before.ambient.value) {
    say(before.ambient.value, ambient.value, ambientText(ambient.value, air, settings), `ambient-${ambient.value}`)
  }
  if (moisture.value !== before.moisture.value) {
    say(
      before.moisture.value,
      moisture.value,
      moistureText(moisture.value, humidity, dew),
      `moisture-${moisture.value}`,
    )
  }
  const actions: SafetyAction[] = ambient.value === 'hot' ? [{ kind: 'fan', duty: settings.hotFanDuty }] : []
  return {
    state: { pace, ambient, moisture, ...(dew === undefined ? {} : { dewPointCelsius: dew }) },
    actions,
    decisions,
  }
}

function ambientOf(celsius: number | undefined, held: Ambient, { hot, cold }: EnvironmentSettings): Ambient {
  if (celsius === undefined) return 'unknown'
  if (beyond(celsius, { enter: hot.enterCelsius, exit: hot.exitCelsius }, held === 'hot')) return 'hot'
  return beyond(celsius, { enter: cold.enterCelsius, exit: cold.exitCelsius }, held === 'cold') ? 'cold' : 'normal'
}

function moistureOf(
  humidity: number | undefined,
  marginCelsius: number | undefined,
  held: Moisture,
  { humid, condensation }: EnvironmentSettings,
): Moisture {
  if (humidity === undefined) return 'unknown'
  const { enterMarginCelsius: enter, exitMarginCelsius: exit } = condensation
  if (marginCelsius !== undefined && beyond(marginCelsius, { enter, exit }, held === 'condensation')) {
    return 'condensation'
  }
  // Out of condensation the air is humid until it has dried: one band less to swing in.
  const wasHumid = held === 'humid' || held === 'condensation'
  return beyond(humidity, { enter: humid.enterRatio, exit: humid.exitRatio }, wasHumid) ? 'humid' : 'dry'
}

function ambientText(ambient: Ambient, air: Trusted | undefined, { hotFanDuty }: EnvironmentSettings): string {
  const value = air === undefined ? '' : ` (${text(air.value)})`
  switch (ambient) {
    case 'unknown':
      return 'The temperature of the surroundings is not known any more'
    case 'normal':
      return `The surroundings have a normal temperature${value}`
    case 'hot':
      return `The surroundings are hot${value}: the fan runs at ${percent(hotFanDuty)} or more`
    case 'cold':
      return `The surroundings are colder than the machine is made for${value}`
  }
}

function moistureText(moisture: Moisture, humidity: Trusted | undefined, dew: number | undefined): string {
  const value = humidity === undefined ? '' : ` (${percent(humidity.value)})`
  switch (moisture) {
    case 'unknown':
      return 'The humidity is not known any more'
    case 'dry':
      return `The air is dry enough${value}`
    case 'humid':
      return `The air is humid${value}`
    case 'condensation':
      return `Water may settle on the machine${value}${dew === undefined ? '' : `: the dew point is ${text(dew)}`}`
  }
}
