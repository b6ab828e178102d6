import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arrange, countStates, filterNodes, holdOrder, isFiltered } from './filter.ts'
import { defaultQuery, defaultSort } from './list-query.ts'
import { nodeOf } from './testing/nodes.ts'

const reason = { aspect: 'thermal', state: 'fail', code: 'temperature-high', message: '81 °C, above 80 °C' } as const
const nodes = [
  nodeOf(1, { name: 'roof-1', model: 'Raspberry Pi 5' }),
  nodeOf(2, { name: 'roof-2', state: 'fail', reasons: [reason], simulated: false }),
  nodeOf(3, { name: 'gate-1', state: 'lost' }),
]
const names = (found: readonly { readonly name: string }[]): string[] => found.map(({ name }) => name)

describe('filters', () => {
  test('every word must be found, in whatever the row says', () => {
    expect(names(filterNodes(nodes, { ...defaultQuery, search: 'ROOF above' }))).toEqual(['roof-2'])
    expect(names(filterNodes(nodes, { ...defaultQuery, search: 'pi 5' }))).toEqual(['roof-1'])
    expect(names(filterNodes(nodes, { ...defaultQuery, search: '  ' }))).toHaveLength(3)
  })

  test('a name finds the node that has it, not those that it has a link to; an id is found by four letters of it', () => {
    const witness = {
      id: nodeOf(3, {}).id,
      name: 'gate-1',
      role: 'node',
      at: '2026-01-01T00:00:00.000Z',
      linked: true,
    } as const
    const linked = nodes.map((node) => ({ ...node, seenBy: [witness] }))
    expect(names(filterNodes(linked, { ...defaultQuery, search: 'gate' }))).toEqual(['gate-1'])
    const id = nodeOf(1, {}).id
    expect(names(filterNodes(nodes, { ...defaultQuery, search: id.slice(-8) }))).toContain('roof-1')
    expect(filterNodes(nodes, { ...defaultQuery, search: 'koo' })).toEqual([])
  })

  test('states are alternatives, kinds narrow further', () => {
    expect(names(filterNodes(nodes, { ...defaultQuery, states: ['fail', 'lost'] }))).toEqual(['roof-2', 'gate-1'])
    expect(names(filterNodes(nodes, { ...defaultQuery, states: ['fail', 'lost'], kinds: ['hardware'] }))).toEqual([
      'roof-2',
    ])
  })

  test('a count says what its filter would show, whatever state is chosen now', () => {
    expect([...countStates(nodes, { ...defaultQuery, states: ['ok'] })]).toEqual([
      ['ok', 1],
      ['fail', 1],
      ['lost', 1],
    ])
  })

  test('a plain list is not filtered', () => {
    expect(isFiltered(defaultQuery)).toBe(false)
    expect(isFiltered({ ...defaultQuery, kinds: ['simulated'] })).toBe(true)
  })

  test('the worst stands first by default', () => {
    const order = arrange(nodes, { ...defaultQuery, sort: defaultSort })
    expect(order).toEqual([nodes[1]!.id, nodes[2]!.id, nodes[0]!.id])
  })
})

describe('an order that a person points at', () => {
  const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'))

  test('never moves and never grows', () => {
    fc.assert(
      fc.property(ids, ids, (before, now) => {
        expect(holdOrder(before, now, () => true).shown).toEqual(before)
      }),
    )
  })

  test('counts exactly what is new', () => {
    fc.assert(
      fc.property(ids, ids, (before, now) => {
        expect(holdOrder(before, now, () => true).waiting).toBe(now.filter((id) => !before.includes(id)).length)
      }),
    )
  })

  test('loses only nodes that are gone', () => {
    expect(holdOrder(['a', 'b', 'c'], ['c', 'a'], (id) => id !== 'b')).toEqual({
      shown: ['a', 'c'],
      waiting: 0,
      moved: true,
    })
  })

  test('says nothing when nothing would change', () => {
    expect(holdOrder(['a', 'b'], ['a', 'b'], () => true)).toEqual({ shown: ['a', 'b'], waiting: 0, moved: false })
  })
})
