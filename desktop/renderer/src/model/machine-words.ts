import type { NodeHardware, NodeSimulator } from '@wrale/protocol/api'
import { quantityWords, shownUnit } from '@wrale/protocol/node'

type Sensor = NodeHardware['sensors'][number]
type Verdict = Sensor['readings'][string]['verdict']

const abbreviated: Readonly<Record<string, string>> = { 'i2c-hang': 'I2C hang', 'sd-errors': 'SD errors' }

/** `busVolts` as people say it. */
export function words(name: string): string {
  const kept = abbreviated[name]
  if (kept !== undefined) return kept
  const text = name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll('-', ' ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1).toLowerCase()}`
}

/** A quantity of a sensor as a heading has it. */
export function quantityTitle(name: string): string {
  return words(quantityWords(name))
}

export function verdictText(unit: string, verdict: Verdict): string {
  switch (verdict.status) {
    case 'ok': {
      const { factor, sign } = shownUnit(unit)
      return `${(verdict.value * factor).toFixed(factor === 1 ? 2 : 0)} ${sign}`.trimEnd()
    }
    case 'bad':
      return `not believed: ${words(verdict.reason).toLowerCase()}`
    case 'absent':
      return `absent: ${words(verdict.reason).toLowerCase()}`
  }
}

/** The worst of what a sensor says. */
export function sensorState({ readings }: Sensor): 'ok' | 'fail' | 'unknown' {
  const all = Object.values(readings)
  if (all.length === 0) return 'unknown'
  return all.every(({ verdict }) => verdict.status === 'ok') ? 'ok' : 'fail'
}

export const settingWords: Readonly<Record<string, { readonly label: string; readonly unit: string }>> = {
  ambientCelsius: { label: 'Air around it', unit: '°C' },
  humidityRatio: { label: 'Humidity of the air', unit: '%' },
  loadRatio: { label: 'Processor load', unit: '%' },
  batteryRatio: { label: 'Battery charge', unit: '%' },
}

/** Settings that can be given back to the board itself. */
export const ownSettings: ReadonlySet<string> = new Set(['loadRatio'])

/** Limits of a setting in the unit that is shown. */
export function settingReach(name: string): { readonly min: number; readonly max: number } {
  return name === 'ambientCelsius' ? { min: -40, max: 70 } : { min: 0, max: 100 }
}

export function toShown(name: string, value: number): number {
  return name.endsWith('Ratio') ? Math.round(value * 100) : Math.round(value * 10) / 10
}

export function fromShown(name: string, shown: number): number {
  return name.endsWith('Ratio') ? shown / 100 : shown
}

export function simulatorSentence({ faults, off, supply, cpu }: NodeSimulator): string {
  if (off !== null) return `The simulated machine is off: ${off.reason}.`
  const wrong =
    faults.length === 0
      ? 'Nothing is broken'
      : `${faults.length === 1 ? 'One thing is' : `${faults.length} things are`} broken`
  return `${wrong}; it runs on ${supply.source} at ${cpu.celsius.toFixed(0)} °C.`
}
