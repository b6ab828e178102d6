import { expect, test } from 'vitest'
import { findNodes } from './find.ts'
import { idOf, nodeOf } from './testing/nodes.ts'

const nodes = [
  nodeOf(1, { name: 'yard-pump' }),
  nodeOf(2, { name: 'pump-2' }),
  nodeOf(3, { name: 'pump-1', state: 'fail' }),
  nodeOf(4, { name: 'roof-1', model: 'Pump controller' }),
]
const found = (search: string, limit = 10): string[] => findNodes(nodes, search, limit).map(({ name }) => name)

test('names that begin so come first, then the worst, then the rest', () => {
  expect(found('pump')).toEqual(['pump-1', 'pump-2', 'yard-pump', 'roof-1'])
})

test('without letters the nodes that need a person come first', () => {
  expect(found('', 1)).toEqual(['pump-1'])
})

test('a few letters do not match ids, which hold every letter', () => {
  expect(found('12D')).toEqual([])
  expect(found(idOf(2))).toEqual(['pump-2'])
})
