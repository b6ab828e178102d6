import type { SafetyAction } from '../base/action.ts'
import { celsius as text, type Decision, decision, type Stepped } from '../base/decision.ts'
import { causeOf, type Reading, type Trusted, trusted, untrustedCause } from '../base/reading.ts'
import { advance, type Held, heldFrom, type Pace, paceAtStart, settle } from '../base/time.ts'
import { type FanMode, fanAtStart, type FanState, nextFan } from './fan.ts'
import { ladderActions, ladderAtStart, type LadderState, nextLadder } from './ladder.ts'
import type { ThermalSettings } from './settings.ts'

export interface ThermalInputs {
  /** Temperatures of the machine's own parts, °C. Those after the first 16 are passed over. */
  readonly sensors: readonly Reading[]
  /** Least duty that somebody else asks for, ratio 0..1. It goes through the ramp as all else does. */
  readonly floorDuty?: number
}

export interface ThermalState {
  readonly pace: Pace
  readonly fan: FanState
  readonly ladder: LadderState
  readonly mode: FanMode | 'start'
  /** When the first step was. */
  readonly beganMs?: number
  /** Names of the sensors that are not trusted, joined. */
  readonly distrusted: Held<string>
  /** The hottest trusted reading of the last step that had one. */
  readonly last?: Reading
}

export const thermalAtStart: ThermalState = {
  pace: paceAtStart,
  fan: fanAtStart,
  ladder: ladderAtStart,
  mode: 'start',
  distrusted: heldFrom(''),
}

const maxSensors = 16
/** What a sensor of a board can say: thermistors and bandgap sensors end at 150 °C. Exactly 0 K and 127.94 of a dead bus are beyond it. */
const bounds = { min: -55, max: 127 }
/** A sensor that answers now and then is not announced each time, ms. */
const distrustAfterMs = 5000
/** The first reading may take so long after the start: until then the fan is run to be safe, and nothing is said, ms. */
const firstReadingMs = 3000

/** Fan and cool-down ladder. Of several sensors the hottest trusted one counts. */
export function stepThermal(
  before: ThermalState,
  inputs: ThermalInputs,
  settings: ThermalSettings,
  nowMs: number,
): Stepped<ThermalState> {
  const pace = advance(before.pace, nowMs)
  const trust = { ...bounds, maxAgeMs: settings.maxAgeMs }
  const sensors = inputs.sensors.slice(0, maxSensors)
  const now = sensors.map((sensor) => trusted(sensor, trust, pace.lastMs))
  // One reading that went missing is bridged by the last good one, for as long as that is fresh.
  const fresh = now.filter((sensor) => sensor !== undefined)
  const hottest = hottestOf(fresh) ?? trusted(before.last, trust, pace.lastMs)
  const bad = sensors.filter((_, index) => now[index] === undefined)

  const moved =
    hottest === undefined
      ? { ladder: withoutReading(before.ladder) }
      : nextLadder(before.ladder, hottest.value, hottest.atMs, settings.ladder, pace.atMs)
  const { ladder } = moved
  const mode: FanMode = hottest === undefined ? 'safe' : ladder.rung === 'normal' ? 'curve' : 'full'
  const beganMs = before.beganMs ?? pace.atMs
  const isAwaited = before.mode === 'start' && hottest === undefined && pace.atMs - beganMs < firstReadingMs
  const told = isAwaited ? 'start' : mode
  const asked = { mode, celsius: hottest?.value, floorDuty: inputs.floorDuty ?? 0 }
  const fan = nextFan(before.fan, asked, settings.fan, pace.atMs)
  const badNames = bad.map(({ name }) => name).join(', ')
  const distrusted = settle(before.distrusted, badNames, pace.atMs, distrustAfterMs)

  const atMs = pace.lastMs
  const decisions: Decision[] = []
  if (hottest !== undefined && moved.move !== undefined) {
    const { code, reason, limit } = moved.move
    const causes = [causeOf(hottest, limit)]
    decisions.push(
      decision({ policy: 'thermal', from: before.ladder.rung, to: ladder.rung, reason, code, causes, atMs }),
    )
  }
  if ((told === 'safe') !== (before.mode === 'safe') && !(before.mode === 'start' && told !== 'safe')) {
    decisions.push(blindness(before, mode, hottest, sensors, settings, atMs))
  }
  if (distrusted.value !== before.distrusted.value) {
    decisions.push(
      decision({
        policy: 'thermal',
        from: before.distrusted.value === '' ? 'all sensors trusted' : before.distrusted.value,
        to: distrusted.value === '' ? 'all sensors trusted' : distrusted.value,
        reason:
          distrusted.value === ''
            ? 'All temperature sensors answer sensibly again'
            : `No trust in ${distrusted.value}: no reading, an old one, or one that cannot be`,
        code: 'thermal-sensor-trust',
        causes: bad.map((sensor) => untrustedCause(sensor.name, sensor, pace.lastMs)),
        atMs,
      }),
    )
  }
  const actions: SafetyAction[] = [{ kind: 'fan', duty: fan.duty }, ...ladderActions(ladder, settings.ladder)]
  const last = hottest === undefined ? before.last : readingOf(hottest)
  return {
    state: { pace, fan, ladder, mode: told, beganMs, distrusted, ...(last === undefined ? {} : { last }) },
    actions,
    decisions,
  }
}

function hottestOf(sensors: readonly Trusted[]): Trusted | undefined {
  return sensors.reduce<Trusted | undefined>(
    (hottest, sensor) => (hottest === undefined || sensor.value > hottest.value ? sensor : hottest),
    undefined,
  )
}

/** Nothing is known: the step stays, and what was being waited for begins anew. */
function withoutReading({ rung, final }: LadderState): LadderState {
  return { rung, final, hardReadings: 0 }
}

function readingOf({ name, value, unit, atMs }: Trusted): Reading {
  return { name, value, unit, atMs }
}

function blindness(
  before: ThermalState,
  mode: FanMode,
  hottest: Trusted | undefined,
  sensors: readonly Reading[],
  settings: ThermalSettings,
  atMs: number,
): Decision {
  const blind = mode === 'safe'
  const none = sensors.length === 0 && before.last === undefined
  return decision({
    policy: 'thermal',
    from: before.mode,
    to: mode,
    reason: blind
      ? `${none ? 'There is no temperature sensor' : 'No temperature sensor can be trusted'}: the fan runs at ${Math.round(settings.fan.safeDuty * 100)} % to be safe`
      : `The temperature is known again, ${hottest === undefined ? '' : text(hottest.value)}: the fan follows it`,
    code: blind ? 'thermal-blind' : 'thermal-sees',
    causes: blind
      ? sensors.map((sensor) => untrustedCause(sensor.name, sensor, atMs))
      : hottest === undefined
        ? []
        : [causeOf(hottest)],
    atMs,
  })
}
