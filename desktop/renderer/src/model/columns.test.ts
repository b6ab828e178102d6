import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { columnIds, columns, columnsFor, compareBy } from './columns.ts'
import { nodeStates } from './state.ts'
import { nodeOf } from './testing/nodes.ts'

const fleetNode = fc
  .record({
    index: fc.nat(500),
    state: fc.constantFrom(...nodeStates),
    temperature: fc.option(fc.integer({ min: -40, max: 100 }), { nil: undefined }),
    battery: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    powerSource: fc.constantFrom('mains', 'battery', undefined),
  })
  .map(({ index, state, temperature, battery, powerSource }) =>
    nodeOf(index, {
      state,
      readings: {
        ...(temperature === undefined ? {} : { temperatureCelsius: temperature }),
        ...(battery === undefined ? {} : { batteryRatio: battery }),
      },
      ...(powerSource === undefined ? {} : { powerSource }),
    }),
  )

describe('sorting', () => {
  test('gives one order, whatever order the nodes came in', () => {
    const unique = fc.uniqueArray(fleetNode, { selector: ({ id }) => id, maxLength: 12 })
    fc.assert(
      fc.property(fc.constantFrom(...columnIds), fc.boolean(), unique, fc.nat(), (column, descending, nodes, turn) => {
        const compare = compareBy(column, descending)
        const start = nodes.length === 0 ? 0 : turn % nodes.length
        const turned = [...nodes.slice(start), ...nodes.slice(0, start)].toReversed()
        expect(turned.toSorted(compare)).toEqual(nodes.toSorted(compare))
      }),
    )
  })

  test('puts nodes without a value last in both directions', () => {
    const known = nodeOf(1, { readings: { temperatureCelsius: 50 } })
    const unknown = nodeOf(2)
    for (const descending of [true, false]) {
      expect([unknown, known].toSorted(compareBy('temperature', descending))).toEqual([known, unknown])
    }
  })

  test('names follow their numbers, not their letters', () => {
    const names = ['pump-10', 'pump-9', 'Pump-1'].map((name, index) => nodeOf(index, { name }))
    expect(names.toSorted(compareBy('name', false)).map(({ name }) => name)).toEqual(['Pump-1', 'pump-9', 'pump-10'])
  })

  test('the emptiest battery comes before a fuller one and before mains', () => {
    const nodes = [
      nodeOf(1, { powerSource: 'mains' }),
      nodeOf(2, { powerSource: 'battery', readings: { batteryRatio: 0.8 } }),
      nodeOf(3, { powerSource: 'battery', readings: { batteryRatio: 0.2 } }),
    ]
    expect(nodes.toSorted(compareBy('power', false)).map(({ name }) => name)).toEqual(['node-3', 'node-2', 'node-1'])
  })
})

describe('columns', () => {
  test('all are shown when there is room, and fewer in less room', () => {
    expect(columnsFor(1700, new Set(columnIds))).toEqual(columns)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1600 }), (width) => {
        const present = new Set(columnIds)
        expect(columnsFor(width, present).length).toBeLessThanOrEqual(columnsFor(width + 50, present).length)
      }),
    )
  })

  test('labels and places have a column only when some node has them', () => {
    const ids = columnsFor(3000, new Set(['place'])).map(({ id }) => id)
    expect(ids).toContain('place')
    expect(ids).not.toContain('labels')
  })

  test('state and name stay however narrow the list is', () => {
    expect(columnsFor(0, new Set()).map(({ id }) => id)).toEqual(['state', 'name'])
  })
})
