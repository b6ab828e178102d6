import type { SafetyAction } from '../base/action.ts'
import { type Decision, decision, percent, span, type Stepped, volts } from '../base/decision.ts'
import { type Cause, causeOf, type Reading, seen, type Trusted, trusted } from '../base/reading.ts'
import { advance, beyond, type Held, heldFrom, type Pace, paceAtStart, settle } from '../base/time.ts'
import {
  chargeAtStart,
  chargeEstimate,
  type ChargeState,
  dischargeEstimate,
  type Estimate,
  remember,
} from './estimate.ts'
import { flagDecisions, type FlagMemory, type PowerFlags, rememberFlags } from './flags.ts'
import type { PowerSettings } from './settings.ts'

export interface PowerInputs {
  /** What feeds the machine; absent when the board does not know. */
  readonly source?: 'mains' | 'battery' | undefined
  readonly supplyVolts?: Reading | undefined
  /** Charge, ratio 0..1. */
  readonly batteryRatio?: Reading | undefined
  readonly powerWatts?: Reading | undefined
  readonly flags?: PowerFlags | undefined
}

export const powerStateNames = ['mains', 'brown-out', 'on-battery', 'low', 'critical'] as const
export type PowerStateName = (typeof powerStateNames)[number]

export interface PowerState {
  readonly pace: Pace
  readonly name: PowerStateName
  readonly source: Held<'mains' | 'battery'>
  readonly sagging: Held<boolean>
  readonly charge: ChargeState
  readonly estimate: Estimate
  readonly onBatterySinceMs?: number
  readonly flags: FlagMemory
}

export const powerAtStart: PowerState = {
  pace: paceAtStart,
  name: 'mains',
  source: heldFrom('mains'),
  sagging: heldFrom(false),
  charge: chargeAtStart,
  estimate: { ratioPerHour: 0, isMeasured: false },
  flags: {},
}

/** Mains, brown-out and battery. Critical stays until mains has been back for `returnAfterMs`. */
export function stepPower(
  before: PowerState,
  inputs: PowerInputs,
  settings: PowerSettings,
  nowMs: number,
): Stepped<PowerState> {
  const pace = advance(before.pace, nowMs)
  const read = (reading: Reading | undefined, max: number): Trusted | undefined =>
    trusted(reading, { min: 0, max, maxAgeMs: settings.maxAgeMs }, pace.lastMs)
  const supply = read(inputs.supplyVolts, 100)
  const battery = read(inputs.batteryRatio, 1)
  const watts = read(inputs.powerWatts, 10_000)

  const source = nextSource(before, inputs, battery, settings, pace.atMs)
  const turned = source.value !== before.source.value
  const charge = remember(turned ? keepLast(before.charge) : before.charge, battery?.value, pace.atMs)
  const onBattery = source.value === 'battery'
  const estimate = onBattery ? dischargeEstimate(charge, watts, settings.battery, pace.atMs) : chargeEstimate(charge)
  const onBatterySinceMs = onBattery ? (before.onBatterySinceMs ?? pace.atMs) : undefined
  const sagging = nextSagging(before.sagging, supply, inputs.flags, settings, pace.atMs)
  const name = onBattery
    ? nextOnBattery(before.name, estimate, pace.atMs - (onBatterySinceMs ?? pace.atMs), settings)
    : sagging.value
      ? 'brown-out'
      : 'mains'
  const flags = rememberFlags(before.flags, inputs.flags)

  const decisions: Decision[] = [...flagDecisions(before.flags, flags, pace.lastMs)]
  if (name !== before.name) {
    const causes: Cause[] = [
      seen('powerSource', inputs.source ?? null),
      ...(supply === undefined ? [] : [causeOf(supply, settings.brownOut.enterVolts)]),
      ...(inputs.flags?.underVoltageNow === undefined ? [] : [seen('underVoltage', inputs.flags.underVoltageNow)]),
      ...(battery === undefined ? [] : [causeOf(battery, limitOf(name, settings))]),
      ...(estimate.emptyInMs === undefined
        ? []
        : [
            {
              name: 'timeLeft',
              value: Math.round(estimate.emptyInMs),
              unit: 'milliseconds' as const,
              limit: name === 'critical' ? criticalMs(settings) : settings.low.enterTimeLeftMs,
            },
          ]),
    ]
    decisions.push(
      decision({
        policy: 'power',
        from: before.name,
        to: name,
        reason: reasonFor(name, { supply, estimate, was: before.name }),
        code: `power-${name}`,
        causes,
        atMs: pace.lastMs,
      }),
    )
  }
  const state: PowerState = {
    pace,
    name,
    source,
    sagging,
    charge,
    estimate,
    flags,
    ...(onBatterySinceMs === undefined ? {} : { onBatterySinceMs }),
  }
  return { state, actions: powerActions(state, settings), decisions }
}

/** The latest that a clean shutdown may begin, ms before the battery is taken to be empty. */
export function criticalMs({ critical }: PowerSettings): number {
  return critical.shutdownMs + critical.marginMs
}

function nextSource(
  before: PowerState,
  inputs: PowerInputs,
  battery: Trusted | undefined,
  { battery: waits, low }: PowerSettings,
  atMs: number,
): Held<'mains' | 'battery'> {
  // A board that cannot say what feeds it while the charge is low is taken to run on its battery.
  const wanted = inputs.source ?? (battery !== undefined && battery.value <= low.enterRatio ? 'battery' : undefined)
  return settle(
    before.source,
    wanted ?? before.source.value,
    atMs,
    wanted === 'battery' ? waits.lostAfterMs : waits.returnAfterMs,
  )
}

/** Rates of charging say nothing of discharging; the charge itself stays known. */
function keepLast({ last }: ChargeState): ChargeState {
  return last === undefined ? chargeAtStart : { points: [], last }
}

function nextSagging(
  before: Held<boolean>,
  supply: Trusted | undefined,
  flags: PowerFlags | undefined,
  { brownOut }: PowerSettings,
  atMs: number,
): Held<boolean> {
  const low =
    supply === undefined
      ? undefined
      : beyond(supply.value, { enter: brownOut.enterVolts, exit: brownOut.exitVolts }, before.value)
  const flagged = flags?.underVoltageNow
  // Either of them is enough; where neither says anything, what was held stays.
  const wanted = low === undefined && flagged === undefined ? before.value : low === true || flagged === true
  return settle(before, wanted, atMs, wanted ? brownOut.enterAfterMs : brownOut.exitAfterMs)
}

function nextOnBattery(
  before: PowerStateName,
  { ratio, emptyInMs }: Estimate,
  onBatteryMs: number,
  settings: PowerSettings,
): PowerStateName {
  const { low, critical, battery } = settings
  if (before === 'critical') return 'critical'
  const leftMs = emptyInMs ?? Math.max(0, battery.blindMs - onBatteryMs)
  if (leftMs <= criticalMs(settings) || (ratio !== undefined && ratio <= critical.enterRatio)) return 'critical'
  const wasLow = before === 'low'
  const byTime = beyond(leftMs, { enter: low.enterTimeLeftMs, exit: low.exitTimeLeftMs }, wasLow)
  const byCharge = ratio !== undefined && beyond(ratio, { enter: low.enterRatio, exit: low.exitRatio }, wasLow)
  return byTime || byCharge ? 'low' : 'on-battery'
}

function powerActions({ name, estimate }: PowerState, settings: PowerSettings): readonly SafetyAction[] {
  const { brownOut, battery, low } = settings
  const shed: SafetyAction = { kind: 'services', keepFrom: low.keepFrom }
  switch (name) {
    case 'mains':
      return []
    case 'brown-out':
      return [{ kind: 'cpu-limit', ratio: brownOut.cpuRatio }]
    case 'on-battery':
      return [{ kind: 'cpu-limit', ratio: battery.cpuRatio }]
    case 'low':
      return [{ kind: 'cpu-limit', ratio: low.cpuRatio }, shed, { kind: 'writes', mode: 'essential' }]
    case 'critical': {
      const left = estimate.emptyInMs === undefined ? '' : `, taken to last ${span(estimate.emptyInMs)} more`
      const reason = `The battery is nearly empty${left}`
      return [
        { kind: 'cpu-limit', ratio: low.cpuRatio },
        shed,
        { kind: 'writes', mode: 'essential' },
        { kind: 'power-down', code: 'power-critical', reason, final: true },
      ]
    }
  }
}

function limitOf(name: PowerStateName, { low, critical }: PowerSettings): number | undefined {
  return name === 'critical' ? critical.enterRatio : name === 'low' ? low.enterRatio : undefined
}

function reasonFor(
  name: PowerStateName,
  known: { readonly supply: Trusted | undefined; readonly estimate: Estimate; readonly was: PowerStateName },
): string {
  const { ratio, emptyInMs } = known.estimate
  const charge = ratio === undefined ? 'an unknown charge' : `${percent(ratio)} or more left`
  const time = emptyInMs === undefined ? '' : `, for ${span(emptyInMs)} by a careful estimate`
  switch (name) {
    case 'mains':
      return known.was === 'brown-out' ? 'The supply voltage is good again' : 'Mains has come back and stays'
    case 'brown-out':
      return `The supply voltage is too low${known.supply === undefined ? '' : ` (${volts(known.supply.value)})`}: the processor is slowed down`
    case 'on-battery':
      return `Mains is lost: the machine runs on its battery with ${charge}${time}`
    case 'low':
      return `The battery is low, ${charge}${time}: less important services are stopped`
    case 'critical':
      return `The battery is nearly empty, ${charge}${time}: the machine is shut down while it still can`
  }
}
