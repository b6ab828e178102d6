/** What a heat wave adds to the temperature of the air, K. */
export const heatWaveKelvin = 18

export interface Air {
  readonly celsius: number
  /** Relative, 0..1. */
  readonly humidityRatio: number
}

/** The air around the board. Warming adds no water to it, so its relative humidity falls. */
export function airAround(ambient: Air, isHeatWave: boolean): Air {
  if (!isHeatWave) return ambient
  const celsius = ambient.celsius + heatWaveKelvin
  const water = ambient.humidityRatio * saturationHectopascals(ambient.celsius)
  return { celsius, humidityRatio: Math.min(1, water / saturationHectopascals(celsius)) }
}

/** Vapour pressure over water (Magnus formula, WMO-No. 8, annex 4.B). */
function saturationHectopascals(celsius: number): number {
  return 6.112 * Math.exp((17.62 * celsius) / (243.12 + celsius))
}
