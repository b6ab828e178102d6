import { FleetError } from '@wrale/kernel'
import { labelsSchema } from './notes.ts'

/** Labels that a node must have, with exactly these values. */
export type Selector = Readonly<Record<string, string>>

/** True when all of the selector's labels are there. An empty selector selects nothing, so that what was left blank does not take in the whole fleet. */
export function selects(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(selector)
  return wanted.length > 0 && wanted.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value)
}

/** `env=prod,zone=roof` as a selector. Values may hold anything but commas. @throws FleetError USAGE */
export function parseSelector(text: string): Selector {
  const pairs = text.split(',').map((part) => {
    const [, key, value] = /^\s*([^=\s]+)\s*=(.*)$/s.exec(part) ?? []
    if (key === undefined || value === undefined) {
      throw new FleetError('USAGE', `"${text}" is not a selector such as env=prod,zone=roof`)
    }
    return [key, value.trim()] as const
  })
  const repeated = pairs.find(([key], index) => pairs.findIndex(([other]) => other === key) !== index)
  if (repeated !== undefined) throw new FleetError('USAGE', `the selector names "${repeated[0]}" twice`)
  const parsed = labelsSchema.safeParse(Object.fromEntries(pairs))
  if (!parsed.success) throw new FleetError('USAGE', `the selector "${text}": ${parsed.error.issues[0]?.message}`)
  return parsed.data
}

/** The text of a selector, as `parseSelector` takes it. */
export function formatSelector(selector: Selector): string {
  return Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}
