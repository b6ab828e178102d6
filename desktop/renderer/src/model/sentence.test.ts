import type { Node as FleetNode } from '@wrale/protocol/api'
import { describe, expect, test } from 'vitest'
import { expired } from './state.ts'
import { openingSentence, predicate, sentenceText } from './sentence.ts'
import { fleetOf, idOf, nodeOf, nowMs, secondsAgo } from './testing/nodes.ts'

const hot = nodeOf(2, {
  name: 'roof-2',
  state: 'fail',
  readings: { temperatureCelsius: 81.4 },
  reasons: [
    { aspect: 'thermal', state: 'fail', code: 'temperature-high', message: '81.4 °C, above 80 °C' },
    { aspect: 'sensor', state: 'warn', code: 'fan-stalled', message: 'The fan does not turn' },
  ],
})
const gone = nodeOf(3, {
  name: 'gate-1',
  state: 'lost',
  lastSeen: secondsAgo(250),
  seenBy: [{ id: idOf(1), name: 'roof-1', role: 'node', at: secondsAgo(250), linked: false }],
})
const well = [4, 5, 6, 7].map((index) => nodeOf(index))
const sight = { station: fleetOf([]).station, connected: true }
/** Thin and wide no-break spaces as plain ones, so that the tests can be read. */
const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ')
const say = (...args: Parameters<typeof openingSentence>): string => plain(sentenceText(openingSentence(...args)))

describe('the opening sentence', () => {
  test('names the worst nodes with their proof, their age and their witness', () => {
    expect(say([...well, gone, hot], sight, nowMs)).toBe(
      '2 of 6 nodes need you: roof-2 is overheating (81 °C, fan stalled); gate-1 was last seen 4 min ago by roof-1.',
    )
  })

  test('links each named node', () => {
    const linked = openingSentence([...well, gone, hot], sight, nowMs).parts.flatMap(({ node }) => node?.name ?? [])
    expect(linked).toEqual(['roof-2', 'gate-1'])
  })

  test('counts the rest when more than three need a person', () => {
    const many = [hot, gone, ...[10, 11, 12].map((index) => nodeOf(index, { state: 'warn' }))]
    expect(say(many, sight, nowMs)).toMatch(/^5 of 5 nodes need you: roof-2 .*; gate-1 .*; and 3 more\.$/)
  })

  test('speaks of one node in the singular', () => {
    expect(say([...well, hot], sight, nowMs)).toMatch(/^1 of 5 nodes needs you: /)
  })

  test('stays quiet when all is well', () => {
    expect(openingSentence(well, sight, nowMs)).toEqual({ tone: 'calm', parts: [{ text: 'All 4 nodes are well.' }] })
  })

  test('does not call nodes well that never spoke', () => {
    const fresh = nodeOf(9, { state: 'unknown', lastSeen: null })
    expect(say([...well, fresh], sight, nowMs)).toBe('4 nodes are well; 1 has not spoken yet.')
    expect(say([fresh], sight, nowMs)).toBe('1 node joined and has not spoken yet.')
  })

  test('blames its own network before the nodes', () => {
    const down = { ...sight, station: fleetOf([], 'down').station }
    const alone = { ...sight, station: fleetOf([], 'alone').station }
    const lost = [gone, nodeOf(8, { state: 'lost' })]
    expect(openingSentence(lost, down, nowMs).tone).toBe('blind')
    expect(say(lost, down, nowMs)).toBe('This station has no network, so it cannot see the fleet.')
    expect(say(lost, alone, nowMs)).toBe('This station reaches no member. All 2 nodes may be well.')
  })

  test('blames the page before the station', () => {
    const unseen = expired(well, nowMs + 60_000)
    expect(unseen).toHaveLength(4)
    expect(say(unseen, { ...sight, connected: false }, nowMs)).toBe(
      'This page does not hear its station. All 4 nodes may be well.',
    )
    expect(say([gone, ...unseen], { ...sight, connected: false }, nowMs)).toBe(
      'This page does not hear its station. 4 of 5 nodes may be well.',
    )
    expect(openingSentence(well, { ...sight, connected: false }, nowMs).tone).toBe('calm')
  })

  test('says so when there is no node', () => {
    expect(openingSentence([], sight, nowMs).tone).toBe('empty')
  })
})

describe('what is said of one node', () => {
  test('a stale node tells when it was last heard', () => {
    expect(plain(predicate(nodeOf(1, { state: 'stale', lastSeen: secondsAgo(42) }), nowMs))).toBe(
      'has been quiet; last heard 42 s ago',
    )
  })

  test('the heat comes before the fan that causes it, and any failure before a warning', () => {
    const fan = { aspect: 'thermal', state: 'fail', code: 'fan-stalled', message: 'm' } as const
    const heat = { aspect: 'thermal', state: 'fail', code: 'temperature-high', message: 'm' } as const
    const readings = { temperatureCelsius: 81.4 }
    const told = (reasons: FleetNode['reasons']): string =>
      plain(predicate(nodeOf(1, { state: 'fail', reasons, readings }), nowMs))
    expect(told([fan, heat])).toBe('is overheating (81 °C, fan stalled)')
    expect(told([{ ...heat, state: 'warn' }, fan])).toBe('has a stalled fan (81 °C, temperature high)')
  })

  test('what a newer node says is put in the words of its aspect', () => {
    const reasons = [{ aspect: 'power', state: 'fail', code: 'flux-capacitor', message: 'm' } as const]
    expect(predicate(nodeOf(1, { state: 'fail', reasons }), nowMs)).toBe('is losing power')
  })

  test('a trouble without a reading needs no brackets', () => {
    const reasons = [{ aspect: 'tamper', state: 'fail', code: 'case-open', message: 'The case is open' } as const]
    expect(predicate(nodeOf(1, { state: 'fail', reasons }), nowMs)).toBe('has been tampered with')
  })

  test('a failing node without reasons is not made up', () => {
    expect(predicate(nodeOf(1, { state: 'fail' }), nowMs)).toBe('says it is failing')
  })
})
