import { labelKeySchema, labelValueSchema, type Node as FleetNode, type Place } from '@wrale/protocol/api'
import { compareNames } from './state.ts'

export interface Label {
  readonly key: string
  readonly value: string
}

/** Labels by key. */
export function labelsOf({ labels = {} }: Pick<FleetNode, 'labels'>): readonly Label[] {
  return Object.entries(labels)
    .map(([key, value]) => ({ key, value }))
    .toSorted((a, b) => compareNames(a.key, b.key))
}

/** "env=prod"; a label without a value is its key alone. */
export function labelText({ key, value }: Label): string {
  return value === '' ? key : `${key}=${value}`
}

/** What was typed as a label, or what is wrong with it. */
export function parseLabel(text: string): Label | { readonly problem: string } {
  const [rawKey = '', ...rest] = text.split('=')
  const key = rawKey.trim().toLowerCase()
  const value = rest.join('=').trim()
  if (key === '') return { problem: 'Write a label such as env=prod.' }
  if (!labelKeySchema.safeParse(key).success)
    return { problem: 'The part before = takes small letters, digits and . / _ - , at most 48.' }
  if (!labelValueSchema.safeParse(value).success) return { problem: 'The part after = takes at most 128 characters.' }
  return { key, value }
}

export const placeParts = ['site', 'zone', 'rack', 'slot'] as const
export type PlacePart = (typeof placeParts)[number]

/** "North valley › roof › R1 › 4"; empty when nobody said where it is. */
export function placeText(place: Place | undefined): string {
  return placeParts.flatMap((part) => place?.[part] ?? []).join(' › ')
}

/** What a term such as `env=prod`, `zone=roof`, `group=solar` or `env=` asks of a node; undefined: it is a plain word. */
export function termTest(term: string): ((node: FleetNode) => boolean) | undefined {
  const at = term.indexOf('=')
  if (at < 1) return undefined
  const key = term.slice(0, at)
  const wanted = term.slice(at + 1)
  const fits = (value: string | undefined): boolean =>
    value !== undefined && (wanted === '' || value.toLowerCase() === wanted)
  const part = placeParts.find((name) => name === key)
  return ({ labels, place, groups }) =>
    fits(labels?.[key]) ||
    (part !== undefined && fits(place?.[part])) ||
    (key === 'group' && (groups ?? []).some((name) => fits(name)))
}

/** A label as a term of the filter: what has a space is put in quotes. */
export function labelTerm(label: Label): string {
  const text = `${label.key}=${label.value}`
  return /[\s"]/.test(text) ? `"${text.replaceAll('"', '')}"` : text
}

/** A search without this term when it is there, with it when it is not. */
export function toggledTerm(search: string, term: string): string {
  const terms = termsOf(search)
  const bare = term.replaceAll('"', '').toLowerCase()
  const kept = terms.filter((one) => one !== bare)
  if (kept.length < terms.length) return kept.map((one) => (/\s/.test(one) ? `"${one}"` : one)).join(' ')
  return [search.trim(), term].filter((part) => part !== '').join(' ')
}

/** Words of a search, in small letters; a quoted part is one word. */
export function termsOf(search: string): readonly string[] {
  return [...search.toLowerCase().matchAll(/"([^"]*)"|[^\s"]+/g)]
    .map(([whole, quoted]) => quoted ?? whole)
    .filter((word) => word !== '')
}
