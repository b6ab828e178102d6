import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FleetNews } from '../backend/backend.ts'
import { fleetOf, idOf, nodeOf, secondsAgo } from '../model/testing/nodes.ts'
import { EventFrame, mergeEvents } from './event-frame.ts'
import { createFleetStore, selectNodes } from './fleet-store.ts'

const news: fc.Arbitrary<FleetNews> = fc
  .record({
    type: fc.constantFrom('snapshot' as const, 'changed' as const, 'changed' as const),
    nodes: fc.uniqueArray(fc.record({ index: fc.nat(5), load1: fc.nat(9) }), { selector: ({ index }) => index }),
    removed: fc.uniqueArray(fc.nat(5)),
    at: fc.nat(60),
  })
  .map(({ type, nodes: made, removed, at }) => {
    const nodes = made.map(({ index, load1 }) => nodeOf(index, { readings: { load1 } }))
    const base = { at: secondsAgo(at), fleet: fleetOf(nodes), nodes }
    const gone = removed.filter((index) => made.every((one) => one.index !== index)).map(idOf)
    return type === 'snapshot' ? { type, ...base } : { type, ...base, removed: gone }
  })

test('merged events leave the same fleet as the events one by one', () => {
  fc.assert(
    fc.property(fc.array(news, { minLength: 1, maxLength: 8 }), (events) => {
      const one = createFleetStore()
      for (const event of events) one.getState().apply(event)
      const merged = createFleetStore()
      merged.getState().apply(events.reduce(mergeEvents))
      expect(Object.fromEntries(selectNodes(merged.getState()))).toEqual(
        Object.fromEntries(selectNodes(one.getState())),
      )
    }),
  )
})

describe('a frame', () => {
  const make = () => {
    const tasks: (() => void)[] = []
    const applied: FleetNews[] = []
    const frame = new EventFrame((event) => applied.push(event), {
      request: (task) => tasks.push(task),
      cancel: () => void tasks.splice(0),
    })
    return { tasks, applied, frame }
  }
  const change = (index: number): FleetNews => ({
    type: 'changed',
    at: secondsAgo(0),
    fleet: fleetOf([]),
    nodes: [nodeOf(index)],
    removed: [],
  })

  test('applies a burst once', () => {
    const { tasks, applied, frame } = make()
    for (let index = 0; index < 50; index += 1) frame.push(change(index))
    expect(tasks).toHaveLength(1)
    tasks[0]!()
    expect(applied.map(({ nodes }) => nodes.length)).toEqual([50])
  })

  test('begins anew after it was applied', () => {
    const { tasks, applied, frame } = make()
    frame.push(change(1))
    tasks[0]!()
    frame.push(change(2))
    tasks[1]!()
    expect(applied).toHaveLength(2)
  })

  test('drops what waits when it is cleared', () => {
    const { tasks, applied, frame } = make()
    frame.push(change(1))
    frame.clear()
    expect(tasks).toEqual([])
    expect(applied).toEqual([])
  })
})
