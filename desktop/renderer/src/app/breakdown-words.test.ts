import { Emitter } from '@wrale/kernel'
import { describe, expect, test } from 'vitest'
import { type BrokenPlace, breakdownDetails, breakdownWords } from './breakdown-words.ts'
import { PartError } from './part-loader.ts'

const places: readonly BrokenPlace[] = ['screen', 'overlays', 'page']
const missing = new PartError(new TypeError('Failed to fetch'), () => undefined, new Emitter())

describe('the words about a breakdown', () => {
  test.each(places)('tell a part that did not come from a fault: %s', (place) => {
    const [unloaded, faulty] = [breakdownWords(place, missing), breakdownWords(place, new TypeError('x is undefined'))]
    expect(unloaded.title).toMatch(/could not be loaded$/)
    expect(unloaded.code).toBe('UNAVAILABLE')
    expect(faulty.title).toMatch(/stopped because of a fault$/)
    expect(faulty.code).toBe('INTERNAL')
    for (const { what, todo } of [unloaded, faulty]) expect(`${what} ${todo}`).not.toMatch(/ {2}|undefined|!/)
  })

  test('say what still works', () => {
    expect(breakdownWords('screen', missing).what).toContain('The other screens can still be used.')
    expect(breakdownWords('page', missing).what).not.toContain('can still be used')
  })
})

describe('the details', () => {
  const where = { at: new Date('2026-05-01T10:00:00Z'), components: '\n    at NodesScreen' }

  test('hold time, address, the error with its causes, and the components', () => {
    const error = new Error('the row has no name', { cause: new Error('the answer was short') })
    const text = breakdownDetails(error, { ...where, address: new URL('http://station/nodes?view=cards') })
    expect(text).toMatch(/^2026-05-01T10:00:00.000Z \/nodes\?view=cards\n\nError: the row has no name/)
    expect(text).toContain('Error: the answer was short')
    expect(text).toMatch(/at NodesScreen$/)
  })

  test('never hold the code of a sign-in link', () => {
    const text = breakdownDetails('thrown', { ...where, address: new URL('http://station/sign-in#code=secret') })
    expect(text).not.toContain('secret')
    expect(text).toContain('\n\nthrown\n\n')
  })

  test('have an end, whatever was thrown', () => {
    const circle = new Error('x'.repeat(100_000))
    circle.cause = circle
    const text = breakdownDetails(circle, {
      ...where,
      address: new URL('http://station/'),
      components: 'y'.repeat(1e6),
    })
    expect(text.length).toBeLessThan(30_000)
  })
})
