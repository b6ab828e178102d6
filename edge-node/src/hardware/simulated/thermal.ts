/**
 * Heat as a circuit of two capacitors: the die heats the heat sink, the heat sink heats the air. Sizes are those of a small
 * board with a small heat sink: minutes to warm up, about 15 K/W in still air.
 */
const dieJoulesPerKelvin = 3
const sinkJoulesPerKelvin = 6
const dieToSinkKelvinPerWatt = 2.5
const sinkToAirKelvinPerWatt = 15
/** What full airflow adds to the conductance of still air, W/K. */
const airflowWattsPerKelvin = 0.25

/** Above this the processor slows itself down, and at `throttleEnd` its load no longer heats it at all. */
export const throttleBeginCelsius = 80
const throttleEndCelsius = 95

export interface ThermalState {
  readonly dieCelsius: number
  readonly sinkCelsius: number
}

export interface ThermalInput {
  /** Heat that the processor makes. */
  readonly dieWatts: number
  readonly ambientCelsius: number
  /** 0 still air to 1 fan at full speed. */
  readonly airflowRatio: number
}

/** The state after `seconds` (at most 1, for the integration to be stable). */
export function stepThermal(state: ThermalState, input: ThermalInput, seconds: number): ThermalState {
  const intoSinkWatts = (state.dieCelsius - state.sinkCelsius) / dieToSinkKelvinPerWatt
  const intoAirWatts = (state.sinkCelsius - input.ambientCelsius) * sinkConductance(input.airflowRatio)
  return {
    dieCelsius: state.dieCelsius + ((input.dieWatts - intoSinkWatts) * seconds) / dieJoulesPerKelvin,
    sinkCelsius: state.sinkCelsius + ((intoSinkWatts - intoAirWatts) * seconds) / sinkJoulesPerKelvin,
  }
}

/** Where the state comes to rest when the input stays. */
export function thermalRest(input: ThermalInput): ThermalState {
  const sinkCelsius = input.ambientCelsius + input.dieWatts / sinkConductance(input.airflowRatio)
  return { sinkCelsius, dieCelsius: sinkCelsius + input.dieWatts * dieToSinkKelvinPerWatt }
}

/** Part of its full power that the processor still takes at this temperature, 1 to 0. */
export function throttleRatio(dieCelsius: number): number {
  const over = (dieCelsius - throttleBeginCelsius) / (throttleEndCelsius - throttleBeginCelsius)
  return Math.min(1, Math.max(0, 1 - over))
}

function sinkConductance(airflowRatio: number): number {
  return 1 / sinkToAirKelvinPerWatt + airflowRatio * airflowWattsPerKelvin
}
