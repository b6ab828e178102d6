import type { SimulatedFault } from '@wrale/protocol/config'
import { type StallState, stepStall } from '../fan/stall.ts'
import { type Air, airAround } from './air.ts'
import { agedRatio, batteryJoules, type BatteryFlow, stepBattery } from './battery.ts'
import { fanDuty, fanFullRpm, fanWatts, stepFan } from './fan.ts'
import { initialLoad, type LoadState, stepLoad } from './load.ts'
import { type Random, seededRandom } from './random.ts'
import { stepThermal, thermalRest, type ThermalState, throttleBeginCelsius, throttleRatio } from './thermal.ts'

/** One step of the model, seconds. Fixed, so that what a seed gives does not depend on how often it is looked at. */
export const stepSeconds = 0.25
export const memoryTotalBytes = 4 * 2 ** 30
export const diskTotalBytes = 32e9
export const cores = 4

const idleDieWatts = 1.5
const loadDieWatts = 5
/** What the rest of the board takes, W. */
const restWatts = 1.2
/** How fast the air at the board follows that around it, s. */
const airSeconds = 6
const fullDiskRatio = 0.985
/** Below this the firmware of a Raspberry Pi raises its under-voltage alarm, V. */
export const underVoltageVolts = 4.63

/** What surrounds the machine, what is asked of it, and what is wrong with it. */
export interface Surroundings {
  readonly ambient: Air
  readonly faults: ReadonlySet<SimulatedFault>
  /** Busy ratio that someone asks for in place of the machine's own. */
  readonly loadRatio?: number | undefined
  /** Duty that someone asks of the fan in place of the board's own control. */
  readonly fanDuty?: number | undefined
  /** Part of its full speed that the processor may go at. Default 1. */
  readonly cpuLimitRatio?: number
  /** It was switched off. Default false. */
  readonly isOff?: boolean
}

/** Noise of the sensors, of deviation 1. */
export interface SensorNoise {
  readonly die: number
  readonly air: number
  readonly pressure: number
  readonly humidity: number
}

/** Everything that the machine is at one moment, exact: sensors add their noise later. */
export interface MachineState {
  /** How much of its life has been gone through, s. */
  readonly atSeconds: number
  readonly load: LoadState
  /** Part of its time that the processor is busy. */
  readonly busyRatio: number
  /** Work that it gets done, of what it could do at full speed. */
  readonly workRatio: number
  readonly load1: number
  readonly thermal: ThermalState
  readonly air: Air
  readonly fanDuty: number
  readonly fanRpm: number
  readonly stall: StallState
  readonly fanStalled: boolean
  readonly batteryJoules: number
  readonly batteryCapacityJoules: number
  readonly batteryFlow: BatteryFlow
  readonly onMains: boolean
  /** Something feeds the board all that it takes: mains, or a battery with charge in it. */
  readonly isFed: boolean
  readonly boardWatts: number
  readonly supplyVolts: number
  readonly underVoltageSeen: boolean
  readonly throttledSeen: boolean
  readonly memoryUsedBytes: number
  readonly diskGrownBytes: number
  /** By the daemon, and by the whole machine, since the start. */
  readonly ownWrittenBytes: number
  readonly systemWrittenBytes: number
  readonly receiveBytesPerSecond: number
  readonly transmitBytesPerSecond: number
  readonly noise: SensorNoise
}

/** Where chance comes from. That of the sensors is apart, so that another sensor does not change what a seed says of the load. */
export interface Chance {
  readonly load: Random
  readonly sensors: Random
}

/** A machine that has been running long enough to be at rest in its surroundings. */
export function startMachine(seed: number, ambient: Air): { state: MachineState; chance: Chance } {
  const random = seededRandom(seed)
  const load = initialLoad(random)
  const thermal = thermalRest({
    dieWatts: dieWatts(load.level, 50),
    ambientCelsius: ambient.celsius,
    airflowRatio: 0.35,
  })
  const joules = batteryJoules * (0.9 + 0.1 * random.uniform())
  const state: MachineState = {
    atSeconds: 0,
    load,
    busyRatio: load.level,
    workRatio: load.level,
    load1: load.level * cores,
    thermal,
    air: ambient,
    fanDuty: 0.35,
    fanRpm: 0.35 * fanFullRpm,
    stall: {},
    fanStalled: false,
    batteryJoules: joules,
    batteryCapacityJoules: batteryJoules,
    batteryFlow: { joules, inWatts: 0, outWatts: 0 },
    onMains: true,
    isFed: true,
    boardWatts: restWatts + dieWatts(load.level, thermal.dieCelsius),
    supplyVolts: 5.1,
    underVoltageSeen: false,
    throttledSeen: false,
    memoryUsedBytes: memoryTotalBytes * (0.28 + 0.45 * load.level),
    diskGrownBytes: diskTotalBytes * (0.3 + 0.2 * random.uniform()),
    ownWrittenBytes: 0,
    systemWrittenBytes: 0,
    receiveBytesPerSecond: 0,
    transmitBytesPerSecond: 0,
    noise: { die: 0, air: 0, pressure: 0, humidity: 0 },
  }
  // Any other number would do; this one is no seed that a person would choose.
  return { state, chance: { load: random, sensors: seededRandom(seed ^ 0x5e45_0125) } }
}

/** The machine one step later. Draws the same number of random numbers whatever happens. */
export function stepMachine(state: MachineState, surroundings: Surroundings, chance: Chance): MachineState {
  const seconds = stepSeconds
  const { faults, cpuLimitRatio = 1, isOff = false } = surroundings
  const load = stepLoad(state.load, chance.load, seconds)
  const trafficChance = Math.max(0.1, 1 + 0.25 * chance.load.normal())
  const noise = noiseOf(chance.sensors)
  const atSeconds = state.atSeconds + seconds
  const around = airAround(surroundings.ambient, faults.has('heat-wave'))
  const air = {
    celsius: follow(state.air.celsius, around.celsius, airSeconds),
    humidityRatio: follow(state.air.humidityRatio, around.humidityRatio, airSeconds),
  }

  const wanted = isOff ? 0 : (surroundings.loadRatio ?? load.level)
  const workRatio = Math.min(wanted, cpuLimitRatio)
  const busyRatio = Math.min(1, wanted / cpuLimitRatio)
  const heat = isOff ? 0 : dieWatts(workRatio, state.thermal.dieCelsius, cpuLimitRatio)
  const airflowRatio = Math.min(1, state.fanRpm / fanFullRpm)
  const thermal = stepThermal(state.thermal, { dieWatts: heat, ambientCelsius: air.celsius, airflowRatio }, seconds)
  const duty = isOff ? 0 : (surroundings.fanDuty ?? fanDuty(state.fanDuty, thermal.dieCelsius))
  const fanRpm = stepFan(state.fanRpm, duty, faults.has('fan-stall'), seconds)
  const { state: stall, stalled } = stepStall(state.stall, { dutyRatio: duty, rpm: fanRpm }, atSeconds * 1000)

  const onMains = !faults.has('power-loss')
  const boardWatts = isOff ? 0 : restWatts + heat + fanWatts(state.fanRpm)
  const isAged = faults.has('battery-aged')
  const capacityJoules = batteryJoules * (isAged ? agedRatio : 1)
  // A cell that ages goes on showing the part that it is full.
  const joules = state.batteryJoules * (capacityJoules / state.batteryCapacityJoules)
  const batteryFlow = stepBattery(joules, { mains: onMains, boardWatts, capacityJoules }, seconds)
  const supplyVolts = isOff
    ? 0
    : supply(boardWatts, {
        onMains,
        isSagging: faults.has('supply-sag'),
        isAged,
        chargeRatio: batteryFlow.joules / capacityJoules,
      })
  // After an error the card takes nothing any more.
  const written = isOff || faults.has('sd-errors') ? 0 : (20e3 + 300e3 * workRatio) * seconds
  return {
    atSeconds,
    load,
    busyRatio,
    workRatio,
    load1: busyRatio * cores + (state.load1 - busyRatio * cores) * Math.exp(-seconds / 60),
    thermal,
    air,
    fanDuty: duty,
    fanRpm,
    stall,
    fanStalled: stalled === true,
    batteryJoules: batteryFlow.joules,
    batteryCapacityJoules: capacityJoules,
    batteryFlow,
    onMains,
    isFed: onMains || batteryFlow.outWatts >= boardWatts * (1 - 1e-9),
    boardWatts,
    supplyVolts,
    underVoltageSeen: state.underVoltageSeen || (!isOff && supplyVolts < underVoltageVolts),
    throttledSeen: state.throttledSeen || thermal.dieCelsius > throttleBeginCelsius,
    memoryUsedBytes: follow(state.memoryUsedBytes, memoryTotalBytes * (0.28 + 0.45 * busyRatio), 20),
    diskGrownBytes: Math.min(diskTotalBytes * fullDiskRatio, state.diskGrownBytes + written),
    ownWrittenBytes: state.ownWrittenBytes + 0.01 * written,
    // Journals and file systems write more than what stays.
    systemWrittenBytes: state.systemWrittenBytes + 1.6 * written,
    receiveBytesPerSecond: follow(state.receiveBytesPerSecond, 2e3 + 1.5e6 * workRatio ** 2 * trafficChance, 3),
    transmitBytesPerSecond: follow(state.transmitBytesPerSecond, 1e3 + 0.6e6 * workRatio ** 2 * trafficChance, 3),
    noise,
  }
}

function noiseOf(random: Random): SensorNoise {
  return { die: random.normal(), air: random.normal(), pressure: random.normal(), humidity: random.normal() }
}

/** Bytes in use as the file system would report them. */
export function diskUsedBytes(state: MachineState, faults: ReadonlySet<SimulatedFault>): number {
  return faults.has('disk-full') ? diskTotalBytes * fullDiskRatio : state.diskGrownBytes
}

/**
 * Heat that the processor makes for this much work; it takes less when it is so hot that it slows itself down. At a lower speed its voltage
 * is lower too, so the same work costs less.
 */
export function dieWatts(workRatio: number, dieCelsius: number, limitRatio = 1): number {
  const work = Math.min(workRatio, limitRatio)
  return idleDieWatts + loadDieWatts * work * (0.55 + 0.45 * limitRatio ** 2) * throttleRatio(dieCelsius)
}

interface Supply {
  readonly onMains: boolean
  readonly isSagging: boolean
  readonly isAged: boolean
  readonly chargeRatio: number
}

/** Below this charge the converter behind the battery cannot hold its voltage. */
const weakRatio = 0.02

/** Voltage at the board behind the resistance of its supply; a bad cable or adapter, and an old battery, have more of it. */
function supply(boardWatts: number, { onMains, isSagging, isAged, chargeRatio }: Supply): number {
  const amperes = boardWatts / 5
  if (onMains) return isSagging ? 4.86 - 0.24 * amperes : 5.15 - 0.06 * amperes
  const weakness = Math.max(0, 1 - chargeRatio / weakRatio)
  return 5.05 - (isAged ? 0.15 : 0.05) * amperes - 0.6 * weakness
}

function follow(value: number, target: number, timeConstantSeconds: number): number {
  return target + (value - target) * Math.exp(-stepSeconds / timeConstantSeconds)
}
