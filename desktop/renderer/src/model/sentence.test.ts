import { describe, expect, test } from 'vitest'
import { openingSentence, predicate, sentenceText } from './sentence.ts'
import { fleetOf, idOf, nodeOf, nowMs, secondsAgo } from './testing/nodes.ts'

const hot = nodeOf(2, {
  name: 'roof-2',
  state: 'fail',
  readings: { temperatureCelsius: 81.4 },
  reasons: [
    { aspect: 'thermal', state: 'fail', code: 'temperature-high', message: '81.4 °C, above 80 °C' },
    { aspect: 'sensor', state: 'warn', code: 'fan-stalled', message: 'Fan stands still' },
  ],
})
const gone = nodeOf(3, {
  name: 'gate-1',
  state: 'lost',
  lastSeen: secondsAgo(250),
  seenBy: [{ id: idOf(1), name: 'roof-1', role: 'node', at: secondsAgo(250), linked: false }],
})
const well = [4, 5, 6, 7].map((index) => nodeOf(index))
const { station } = fleetOf([])
/** Thin and wide no-break spaces as plain ones, so that the tests can be read. */
const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ')
const say = (...args: Parameters<typeof openingSentence>): string => plain(sentenceText(openingSentence(...args)))

describe('the opening sentence', () => {
  test('names the worst nodes with their proof, their age and their witness', () => {
    expect(say([...well, gone, hot], station, nowMs)).toBe(
      '2 of 6 nodes need you: roof-2 is overheating (81 °C, fan stalled); gate-1 was last seen 4 min ago by roof-1.',
    )
  })

  test('links each named node', () => {
    const linked = openingSentence([...well, gone, hot], station, nowMs).parts.flatMap(({ node }) => node?.name ?? [])
    expect(linked).toEqual(['roof-2', 'gate-1'])
  })

  test('counts the rest when more than three need a person', () => {
    const many = [hot, gone, ...[10, 11, 12].map((index) => nodeOf(index, { state: 'warn' }))]
    expect(say(many, station, nowMs)).toMatch(/^5 of 5 nodes need you: roof-2 .*; gate-1 .*; and 3 more\.$/)
  })

  test('speaks of one node in the singular', () => {
    expect(say([...well, hot], station, nowMs)).toMatch(/^1 of 5 nodes needs you: /)
  })

  test('stays quiet when all is well', () => {
    expect(openingSentence(well, station, nowMs)).toEqual({ tone: 'calm', parts: [{ text: 'All 4 nodes are well.' }] })
  })

  test('does not call nodes well that never spoke', () => {
    const fresh = nodeOf(9, { state: 'unknown', lastSeen: null })
    expect(say([...well, fresh], station, nowMs)).toBe('4 nodes are well; 1 has not spoken yet.')
    expect(say([fresh], station, nowMs)).toBe('1 node joined and has not spoken yet.')
  })

  test('blames its own network before the nodes', () => {
    const lost = [gone, nodeOf(8, { state: 'lost' })]
    expect(openingSentence(lost, fleetOf([], 'down').station, nowMs).tone).toBe('blind')
    expect(say(lost, fleetOf([], 'down').station, nowMs)).toBe(
      'This station has no network, so it cannot see the fleet.',
    )
    expect(say(lost, fleetOf([], 'alone').station, nowMs)).toBe(
      'This station reaches no member. All 2 nodes may be well.',
    )
  })

  test('says so when there is no node', () => {
    expect(openingSentence([], station, nowMs).tone).toBe('empty')
  })
})

describe('what is said of one node', () => {
  test('a stale node tells when it was last heard', () => {
    expect(plain(predicate(nodeOf(1, { state: 'stale', lastSeen: secondsAgo(42) }), nowMs))).toBe(
      'has been quiet; last heard 42 s ago',
    )
  })

  test('a trouble without a reading needs no brackets', () => {
    const reasons = [{ aspect: 'tamper', state: 'fail', code: 'case-open', message: 'The case is open' } as const]
    expect(predicate(nodeOf(1, { state: 'fail', reasons }), nowMs)).toBe('has been tampered with')
  })

  test('a failing node without reasons is not made up', () => {
    expect(predicate(nodeOf(1, { state: 'fail' }), nowMs)).toBe('says it is failing')
  })
})
