import type { SimulatedFault } from '@wrale/protocol/config'
import { batteryJoules, stepBattery } from './battery.ts'
import { fanDuty, fanFullRpm, fanWatts, stepFan } from './fan.ts'
import { initialLoad, type LoadState, stepLoad } from './load.ts'
import { type Random, seededRandom } from './random.ts'
import { stepThermal, thermalRest, type ThermalState, throttleRatio } from './thermal.ts'

/** One step of the model, seconds. Fixed, so that what a seed gives does not depend on how often it is looked at. */
export const stepSeconds = 0.25
export const memoryTotalBytes = 4 * 2 ** 30
export const diskTotalBytes = 32e9
export const cores = 4

const idleDieWatts = 1.5
const loadDieWatts = 5
/** What the rest of the board takes, W. */
const restWatts = 1.2
const heatWaveKelvin = 18
const fullDiskRatio = 0.985

/** What surrounds the machine and what is wrong with it. */
export interface Surroundings {
  readonly ambientCelsius: number
  readonly faults: ReadonlySet<SimulatedFault>
  /** Busy ratio that someone asks for in place of the machine's own. */
  readonly loadRatio?: number
}

/** Everything that the machine is at one moment, exact: sensors add their noise later. */
export interface MachineState {
  readonly load: LoadState
  /** Busy ratio after whatever was asked for. */
  readonly busyRatio: number
  readonly load1: number
  readonly thermal: ThermalState
  readonly fanDuty: number
  readonly fanRpm: number
  readonly batteryJoules: number
  readonly onMains: boolean
  readonly boardWatts: number
  readonly supplyVolts: number
  readonly memoryUsedBytes: number
  readonly diskGrownBytes: number
  readonly receiveBytesPerSecond: number
  readonly transmitBytesPerSecond: number
  /** Noise of the temperature sensor, K. */
  readonly sensorNoiseKelvin: number
}

/** A machine that has been running long enough to be at rest in its surroundings. */
export function startMachine(seed: number, surroundings: Surroundings): { state: MachineState; random: Random } {
  const random = seededRandom(seed)
  const load = initialLoad(random)
  const thermal = thermalRest({
    dieWatts: dieWatts(load.level, 50),
    ambientCelsius: surroundings.ambientCelsius,
    airflowRatio: 0.35,
  })
  const state: MachineState = {
    load,
    busyRatio: load.level,
    load1: load.level * cores,
    thermal,
    fanDuty: 0.35,
    fanRpm: 0.35 * fanFullRpm,
    batteryJoules: batteryJoules * (0.9 + 0.1 * random.uniform()),
    onMains: true,
    boardWatts: restWatts + dieWatts(load.level, thermal.dieCelsius),
    supplyVolts: 5.1,
    memoryUsedBytes: memoryTotalBytes * (0.28 + 0.45 * load.level),
    diskGrownBytes: diskTotalBytes * (0.3 + 0.2 * random.uniform()),
    receiveBytesPerSecond: 0,
    transmitBytesPerSecond: 0,
    sensorNoiseKelvin: 0,
  }
  return { state, random }
}

/** The machine one step later. Draws the same number of random numbers whatever happens. */
export function stepMachine(state: MachineState, surroundings: Surroundings, random: Random): MachineState {
  const seconds = stepSeconds
  const { faults } = surroundings
  const load = stepLoad(state.load, random, seconds)
  const busyRatio = surroundings.loadRatio ?? load.level
  const heat = dieWatts(busyRatio, state.thermal.dieCelsius)
  const airflowRatio = Math.min(1, state.fanRpm / fanFullRpm)
  const ambientCelsius = surroundings.ambientCelsius + (faults.has('heat-wave') ? heatWaveKelvin : 0)
  const thermal = stepThermal(state.thermal, { dieWatts: heat, ambientCelsius, airflowRatio }, seconds)
  const onMains = !faults.has('power-loss')
  const boardWatts = restWatts + heat + fanWatts(state.fanRpm)
  const battery = stepBattery(state.batteryJoules, { mains: onMains, boardWatts }, seconds)
  const duty = fanDuty(state.fanDuty, thermal.dieCelsius)
  const traffic = busyRatio ** 2 * Math.max(0.1, 1 + 0.25 * random.normal())
  return {
    load,
    busyRatio,
    load1: busyRatio * cores + (state.load1 - busyRatio * cores) * Math.exp(-seconds / 60),
    thermal,
    fanDuty: duty,
    fanRpm: stepFan(state.fanRpm, duty, faults.has('fan-stall'), seconds),
    batteryJoules: battery.joules,
    onMains,
    boardWatts,
    supplyVolts: supplyVolts(boardWatts, { onMains, sagging: faults.has('supply-sag'), empty: battery.joules <= 0 }),
    memoryUsedBytes: follow(state.memoryUsedBytes, memoryTotalBytes * (0.28 + 0.45 * busyRatio), 20),
    diskGrownBytes: Math.min(
      diskTotalBytes * fullDiskRatio,
      state.diskGrownBytes + (20e3 + 300e3 * busyRatio) * seconds,
    ),
    receiveBytesPerSecond: follow(state.receiveBytesPerSecond, 2e3 + 1.5e6 * traffic, 3),
    transmitBytesPerSecond: follow(state.transmitBytesPerSecond, 1e3 + 0.6e6 * traffic, 3),
    sensorNoiseKelvin: 0.15 * random.normal(),
  }
}

/** Bytes in use as the file system would report them. */
export function diskUsedBytes(state: MachineState, faults: ReadonlySet<SimulatedFault>): number {
  return faults.has('disk-full') ? diskTotalBytes * fullDiskRatio : state.diskGrownBytes
}

/** Heat that the processor makes at this load; it takes less when it is so hot that it slows itself down. */
export function dieWatts(busyRatio: number, dieCelsius: number): number {
  return idleDieWatts + loadDieWatts * busyRatio * throttleRatio(dieCelsius)
}

/** Voltage at the board behind the resistance of its supply; a bad cable or adapter has more of it. */
function supplyVolts(boardWatts: number, supply: { onMains: boolean; sagging: boolean; empty: boolean }): number {
  const amperes = boardWatts / 5
  if (!supply.onMains) return supply.empty ? 4.4 : 5.05 - 0.05 * amperes
  return supply.sagging ? 4.86 - 0.24 * amperes : 5.15 - 0.06 * amperes
}

function follow(value: number, target: number, timeConstantSeconds: number): number {
  return target + (value - target) * Math.exp(-stepSeconds / timeConstantSeconds)
}
