import { FleetError } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { describe, expect, it } from 'vitest'
import { headroom, OwnNumbers } from './own-numbers.ts'

function make(reserved = 0) {
  const clock = new VirtualClock()
  const storage = { ceiling: reserved, refuses: false }
  const numbers = new OwnNumbers(
    clock,
    (ceiling) => {
      if (storage.refuses) throw new FleetError('STORAGE_FULL', 'full')
      storage.ceiling = ceiling
    },
    { reserve: 10 },
  )
  numbers.resume(reserved)
  return { clock, numbers, storage }
}

describe('own numbers', () => {
  it('begin with 1 and are reserved before they are used', () => {
    const { numbers, storage } = make()
    for (let number = 1; number < 50; number++) {
      expect(numbers.next()).toBe(number)
      expect(storage.ceiling).toBeGreaterThanOrEqual(number)
    }
  })

  it('go on while storage refuses, so far that the next life does not meet them, and no further', () => {
    const { numbers, storage } = make()
    numbers.next()
    storage.refuses = true
    let last = 0
    expect(() => {
      for (;;) last = numbers.next()
    }).toThrow(expect.objectContaining({ code: 'STORAGE_FULL' }))
    expect(last).toBeGreaterThanOrEqual(headroom)
    const { numbers: nextLife } = make(storage.ceiling)
    expect(nextLife.next()).toBeGreaterThan(last)
    storage.refuses = false
    expect(numbers.next()).toBe(last + 1)
    expect(storage.ceiling).toBeGreaterThan(last)
  })

  it('claim no past that is in doubt, until it is trusted or nobody is there to ask', async () => {
    const { clock, numbers } = make(100)
    expect(numbers.prev(7)).toBe(7)
    numbers.doubtPast()
    const first = numbers.next()
    expect(numbers.prev(7)).toBe(first - 1)
    expect(numbers.mayTrustPast).toBe(false)
    numbers.pulled()
    await clock.advance(9000)
    expect(numbers.mayTrustPast).toBe(false)
    await clock.advance(1000)
    expect(numbers.mayTrustPast).toBe(true)
    numbers.trustPast()
    expect([numbers.mayTrustPast, numbers.prev(7)]).toEqual([false, 7])
    numbers.doubtPast()
    await clock.advance(119_000)
    expect(numbers.mayTrustPast).toBe(false)
    await clock.advance(1000)
    expect(numbers.mayTrustPast).toBe(true)
  })
})
