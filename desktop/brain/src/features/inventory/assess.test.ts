import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Assessment,
  assess as judge,
  type Contact,
  deadlineOf,
  type LastWord,
  type StationFacts,
} from './assess.ts'

/** Most cases are about a node that is not shown as lost yet, and that wrote nothing after its last word. */
const assess = (
  facts: { word: LastWord | undefined; contact: Contact; heardAtMs?: number; lost?: boolean; cloned?: boolean },
  station: StationFacts,
  now: number,
): Assessment => judge({ lost: false, cloned: false, heardAtMs: facts.word?.atMs, ...facts }, station, now)
const here: StationFacts = { isolated: false, settling: false }
const linked: Contact = { reached: true }
const word: LastWord = { atMs: 0, intervalMs: 5000, state: 'warn' }

const anyWord = fc.record({
  atMs: fc.integer({ min: -1_000_000, max: 1_000_000 }),
  intervalMs: fc.integer({ min: 100, max: 3_600_000 }),
  state: fc.constantFrom('ok' as const, 'warn' as const, 'fail' as const),
})
const anyContact: fc.Arbitrary<Contact> = fc.oneof(
  fc.constant(linked),
  fc.record({
    reached: fc.constant(false as const),
    since: fc.option(fc.integer({ min: -1_000_000, max: 9_000_000 }), { nil: undefined }),
  }),
)
const anyStation = fc.record({ isolated: fc.boolean(), settling: fc.boolean() })
const anyNow = fc.integer({ min: -1_000_000, max: 10_000_000 })

describe('assess', () => {
  it('believes no word of a member whose key two machines use, and still says that it is gone when it is', () => {
    const own = { word: { ...word, state: 'ok' as const }, contact: linked, cloned: true }
    expect(assess(own, here, 1000)).toEqual({ state: 'fail', ground: 'cloned' })
    expect(assess(own, here, 60_000).state).toBe('fail')
    expect(assess({ ...own, contact: { reached: false, since: 0 } }, here, 5000).state).toBe('lost')
  })

  it('never shows a word of the node past its deadline', () => {
    fc.assert(
      fc.property(anyWord, anyContact, fc.boolean(), anyStation, anyNow, (last, contact, lost, station, now) => {
        fc.pre(now > deadlineOf(last))
        expect(['stale', 'lost']).toContain(assess({ word: last, contact, lost }, station, now).state)
      }),
    )
  })

  it('shows the word of a node that is linked and in time, whatever it says', () => {
    fc.assert(
      fc.property(anyWord, anyStation, anyNow, (last, station, now) => {
        fc.pre(now <= deadlineOf(last))
        expect(assess({ word: last, contact: linked }, station, now)).toEqual({
          state: last.state,
          ground: 'own-words',
        })
      }),
    )
  })

  it('blames no node while the station itself is cut off', () => {
    fc.assert(
      fc.property(anyWord, anyContact, anyNow, (last, contact, now) => {
        expect(assess({ word: last, contact }, { isolated: true, settling: false }, now).state).not.toBe('lost')
      }),
    )
  })

  it('shows no word of a node to which no way leads while the station is cut off, without blame', () => {
    const cutOff = { isolated: true, settling: false }
    const long = { ...word, intervalMs: 300_000 }
    const contact: Contact = { reached: false, since: 1000 }
    expect(assess({ word: long, contact }, cutOff, 1999).state).toBe('warn')
    expect(assess({ word: long, contact }, cutOff, 2000)).toEqual({ state: 'stale', ground: 'station-isolated' })
    expect(assess({ word: long, contact: linked }, cutOff, 60_000).state).toBe('warn')
  })

  it('keeps a node lost that was lost before the station was cut off, until it is heard', () => {
    const cutOff = { isolated: true, settling: false }
    const contact: Contact = { reached: false, since: 1000 }
    expect(assess({ word, contact, lost: true }, cutOff, 3000).state).toBe('lost')
    expect(assess({ word, contact, lost: true }, cutOff, 20_000).state).toBe('lost')
    expect(assess({ word: { ...word, atMs: 2500 }, contact, lost: true }, cutOff, 3000).state).toBe('warn')
    expect(assess({ word, contact: linked, lost: true }, cutOff, 1000).state).toBe('warn')
  })

  it('calls a node to which there is a way stale, not lost', () => {
    fc.assert(
      fc.property(anyWord, anyStation, anyNow, (last, station, now) => {
        expect(assess({ word: last, contact: linked }, station, now).state).not.toBe('lost')
      }),
    )
  })

  it('shows a member that was never heard as unknown', () => {
    expect(assess({ word: undefined, contact: linked }, here, 0)).toEqual({ state: 'unknown', ground: 'never-heard' })
  })

  it('allows half an interval and two seconds of lateness', () => {
    expect(deadlineOf(word)).toBe(9500)
    expect(assess({ word, contact: linked }, here, 9500).state).toBe('warn')
    expect(assess({ word, contact: linked }, here, 9501)).toEqual({ state: 'stale', ground: 'overdue' })
  })

  it('calls a node lost a second after the last way to it went, however long its word would hold', () => {
    const contact: Contact = { reached: false, since: 1000 }
    const long = { ...word, intervalMs: 300_000 }
    expect(assess({ word: long, contact }, here, 1999).state).toBe('warn')
    expect(assess({ word: long, contact }, here, 2000)).toEqual({ state: 'lost', ground: 'lost-contact' })
  })

  it('counts that second from whatever it wrote after the way went', () => {
    const contact: Contact = { reached: false, since: 1000 }
    expect(assess({ word, contact, heardAtMs: 2500 }, here, 3400).state).toBe('warn')
    expect(assess({ word, contact, heardAtMs: 2500 }, here, 3500).state).toBe('lost')
  })

  it('gives a new member some seconds until others tell of their links to it', () => {
    const contact: Contact = { reached: false, since: undefined }
    expect(assess({ word, contact }, here, 2999).state).toBe('warn')
    expect(assess({ word, contact }, here, 3000).state).toBe('lost')
  })

  it('calls nothing lost before the station has settled', () => {
    const contact: Contact = { reached: false, since: undefined }
    const settling = { isolated: false, settling: true }
    expect(assess({ word, contact }, settling, 3000).state).toBe('warn')
    expect(assess({ word, contact }, settling, 9501).state).toBe('stale')
  })
})
