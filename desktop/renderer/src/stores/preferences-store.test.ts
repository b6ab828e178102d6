import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPreferencesStore, defaultPreferences, parsePreferences, preferencesKey } from './preferences-store.ts'

const memory = (text: string | null = null) => {
  const kept = new Map<string, string>(text === null ? [] : [[preferencesKey, text]])
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  }
}

test('choices come back after a reload', () => {
  const storage = memory()
  createPreferencesStore(storage).getState().update({ theme: 'outdoor', utc: true })
  expect(createPreferencesStore(storage).getState()).toMatchObject({
    theme: 'outdoor',
    utc: true,
    density: 'comfortable',
  })
})

test('whatever is stored, the page starts', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      expect(Object.keys(parsePreferences(text))).toEqual(Object.keys(defaultPreferences))
    }),
  )
  expect(parsePreferences('{"theme":"neon","density":"compact"}')).toEqual({
    ...defaultPreferences,
    density: 'compact',
  })
})

test('a browser that forbids storage only forgets', () => {
  const forbidden = {
    getItem(): never {
      throw new Error('SecurityError')
    },
    setItem(): never {
      throw new Error('SecurityError')
    },
  }
  const store = createPreferencesStore(forbidden)
  store.getState().update({ theme: 'light' })
  expect(store.getState().theme).toBe('light')
})
