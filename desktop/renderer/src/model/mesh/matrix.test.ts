import { describe, expect, test } from 'vitest'
import { linkBetween, memberOf, meshViewOf } from '../testing/mesh.ts'
import { idOf } from '../testing/nodes.ts'
import { matrixOf, type MatrixOrder, scaleStep } from './matrix.ts'
import { meshOf } from './mesh.ts'
import { formatMeshQuery, parseMeshQuery } from './mesh-query.ts'

const half = linkBetween(2, 3, { rttMsFromA: 90 })
delete half.rttMsFromB
const mesh = meshOf(
  meshViewOf(
    [memberOf(1), memberOf(2, { state: 'fail' }), memberOf(3), memberOf(4)],
    [linkBetween(1, 2, { rttMsFromA: 3, rttMsFromB: 5 }), half],
  ),
)
const namesBy = (order: MatrixOrder) => matrixOf(mesh, order).order.map(({ name }) => name)

describe('the matrix', () => {
  test('each row says what its own member measured', () => {
    const { cell } = matrixOf(mesh, 'name')
    expect(cell(idOf(1), idOf(2))).toMatchObject({ rttMs: 3, borrowed: false })
    expect(cell(idOf(2), idOf(1))).toMatchObject({ rttMs: 5, borrowed: false })
  })

  test('a side that did not measure borrows the value, and says so', () => {
    const { cell } = matrixOf(mesh, 'name')
    expect(cell(idOf(2), idOf(3))).toMatchObject({ rttMs: 90, borrowed: false })
    expect(cell(idOf(3), idOf(2))).toMatchObject({ rttMs: 90, borrowed: true })
  })

  test('who is not linked has an empty cell', () => {
    expect(matrixOf(mesh, 'name').cell(idOf(1), idOf(4))).toBeUndefined()
  })

  test('is ordered by name, slowness, links or state', () => {
    expect(namesBy('name')).toEqual(['node-1', 'node-2', 'node-3', 'node-4'])
    expect(namesBy('slowest')).toEqual(['node-2', 'node-3', 'node-1', 'node-4'])
    expect(namesBy('links')).toEqual(['node-4', 'node-1', 'node-3', 'node-2'])
    expect(namesBy('state')[0]).toBe('node-2')
  })
})

test('the scale has five steps', () => {
  expect([1, 2, 49, 199, 200, 5000].map(scaleStep)).toEqual([0, 1, 2, 3, 4, 4])
  expect(scaleStep(undefined)).toBeUndefined()
})

test('the address keeps view, order and the open member', () => {
  const query = { view: 'matrix', order: 'slowest', open: 'x' } as const
  expect(parseMeshQuery(formatMeshQuery(query))).toEqual(query)
  expect(formatMeshQuery(parseMeshQuery('?view=map&order=mood'))).toBe('')
})
