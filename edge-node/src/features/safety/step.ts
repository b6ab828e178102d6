import { type Demands, demandsOf, type LastGasp, type SafetyAction } from './base/action.ts'
import type { Decision } from './base/decision.ts'
import { type InterlockInputs, interlockAtStart, type InterlockState, stepInterlocks } from './interlocks/interlocks.ts'
import { powerAtStart, type PowerInputs, type PowerState, stepPower } from './power/power.ts'
import type { SafetySettings } from './settings.ts'
import {
  environmentAtStart,
  type EnvironmentInputs,
  type EnvironmentState,
  stepEnvironment,
} from './surroundings/environment.ts'
import { stepStorage, storageAtStart, type StorageInputs, type StorageState } from './surroundings/storage.ts'
import type { TamperInputs } from './tamper/signs.ts'
import { stepTamper, tamperAtStart, type TamperState } from './tamper/tamper.ts'
import { stepThermal, thermalAtStart, type ThermalInputs, type ThermalState } from './thermal/thermal.ts'

export interface SafetyInputs {
  readonly thermal: ThermalInputs
  readonly power: PowerInputs
  readonly tamper: TamperInputs
  readonly environment: EnvironmentInputs
  readonly storage: StorageInputs
  readonly override?: Pick<InterlockInputs, 'grant' | 'end'>
}

export interface SafetyState {
  readonly thermal: ThermalState
  readonly power: PowerState
  readonly tamper: TamperState
  readonly environment: EnvironmentState
  readonly storage: StorageState
  readonly interlocks: InterlockState
  /** Code of the shutdown that the neighbours were told of. */
  readonly toldOf?: string
}

export const safetyAtStart: SafetyState = {
  thermal: thermalAtStart,
  power: powerAtStart,
  tamper: tamperAtStart,
  environment: environmentAtStart,
  storage: storageAtStart,
  interlocks: interlockAtStart,
}

export interface SafetyStepped {
  readonly state: SafetyState
  /** What the policies demand. */
  readonly demands: Demands
  /** The same with the overrides that hold. This is to be carried out: last gasps first, then the shutdown, then the rest. */
  readonly effective: Demands
  readonly actions: readonly SafetyAction[]
  readonly decisions: readonly Decision[]
}

/** One step of every policy. Tampering comes first, so that its last gasp is the first of all. */
export function stepSafety(
  before: SafetyState,
  inputs: SafetyInputs,
  settings: SafetySettings,
  nowMs: number,
): SafetyStepped {
  const tamper = stepTamper(before.tamper, inputs.tamper, settings.tamper, nowMs)
  const power = stepPower(before.power, inputs.power, settings.power, nowMs)
  const environment = stepEnvironment(before.environment, inputs.environment, settings.environment, nowMs)
  const floorDuty = demandsOf(environment.actions).fanDuty
  const thermal = stepThermal(before.thermal, { ...inputs.thermal, floorDuty }, settings.thermal, nowMs)
  const storage = stepStorage(before.storage, inputs.storage, settings.storage, nowMs)
  const policies = [tamper, power, thermal, environment, storage]
  // What the surroundings ask of the fan is in the thermal policy's duty, behind its ramp.
  const asked = [tamper, power, thermal, storage].flatMap(({ actions }) => actions)
  const standing = demandsOf(asked)
  const interlocks = stepInterlocks(
    before.interlocks,
    { ...inputs.override, demands: standing },
    settings.interlocks,
    nowMs,
  )
  const down = interlocks.effective.powerDown
  const farewell: readonly LastGasp[] =
    down === undefined || down.code === before.toldOf
      ? []
      : [{ kind: 'last-gasp', code: down.code, reason: down.reason, atMs: interlocks.state.pace.lastMs }]
  const lastGasps = [...standing.lastGasps, ...farewell]
  const rest = asked.filter(({ kind }) => kind !== 'last-gasp')
  return {
    state: {
      tamper: tamper.state,
      power: power.state,
      thermal: thermal.state,
      environment: environment.state,
      storage: storage.state,
      interlocks: interlocks.state,
      ...(down === undefined ? {} : { toldOf: down.code }),
    },
    demands: { ...standing, lastGasps },
    effective: { ...interlocks.effective, lastGasps },
    actions: [...lastGasps, ...rest],
    decisions: [...policies.flatMap(({ decisions }) => decisions), ...interlocks.decisions],
  }
}
