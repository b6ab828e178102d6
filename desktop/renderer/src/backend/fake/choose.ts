import type { Backend } from '../backend.ts'
import { fakeBackend } from './fake-backend.ts'

const key = 'wrale.fake'

/**
 * The fake fleet that the address asks for: `?fake=60`, with `&mood=calm|empty`, `&station=alone|down`, `&page=lost|never|signedOut`,
 * `&joining=5`. It is kept for the tab, because links inside the page drop it. Undefined: the real station.
 */
export function chooseFake(page: Window): Backend | undefined {
  const asked = new URLSearchParams(page.location.search)
  if (asked.has('fake')) page.sessionStorage.setItem(key, asked.toString())
  const stored = page.sessionStorage.getItem(key)
  if (stored === null) return undefined
  const parameters = new URLSearchParams(stored)
  const oneOf = <T extends string>(name: string, values: readonly [T, ...T[]]): T =>
    values.find((value) => value === parameters.get(name)) ?? values[0]
  return fakeBackend({
    count: Math.min(5000, Math.max(1, Number(parameters.get('fake')) || 6)),
    mood: oneOf('mood', ['trouble', 'calm', 'empty']),
    stationLink: oneOf('station', ['up', 'alone', 'down']),
    pageLink: oneOf('page', ['live', 'lost', 'never', 'signedOut']),
    joining: Math.min(100, Number(parameters.get('joining')) || 0),
  })
}
