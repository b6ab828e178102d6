const unitAtEnd = /(Celsius|Ratio|Volts|Amperes|Watts|Pascals)(?=$|PerHour)/

/** A quantity of a sensor in words, without its unit, which stands beside the value: `busVolts` is the bus. */
export function quantityWords(name: string): string {
  const short = name.replace(unitAtEnd, '')
  return (short === '' ? name : short).replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
}

/** What a value in a unit of the API is multiplied with to be shown, and the sign of what it is shown in. */
export interface ShownUnit {
  readonly factor: number
  readonly sign: string
}

const shownUnits: Readonly<Record<string, ShownUnit>> = {
  celsius: { factor: 1, sign: '°C' },
  ratio: { factor: 100, sign: '%' },
  ratioPerHour: { factor: 100, sign: '%/h' },
  volts: { factor: 1, sign: 'V' },
  amperes: { factor: 1, sign: 'A' },
  watts: { factor: 1, sign: 'W' },
  pascals: { factor: 0.01, sign: 'hPa' },
  bits: { factor: 1, sign: '' },
}

/** A unit that is not known, of newer software, is shown by its own name. */
export function shownUnit(unit: string): ShownUnit {
  return shownUnits[unit] ?? { factor: 1, sign: unit }
}
