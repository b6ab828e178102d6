import { expect, test } from 'vitest'
import { extremes, nearest } from './extremes.ts'
import { nodeOf } from './testing/nodes.ts'

const hottest = extremes.find(({ id }) => id === 'hottest')!
const at = (index: number, temperatureCelsius: number, change = {}) =>
  nodeOf(index, { readings: { temperatureCelsius }, ...change })

test('the nearest to trouble holds its place against equals', () => {
  const nodes = [at(1, 60), at(2, 60.5)]
  expect(nearest(hottest, nodes, undefined)?.name).toBe('node-2')
  expect(nearest(hottest, nodes, nodes[0]!.id)?.name).toBe('node-1')
  expect(nearest(hottest, [at(1, 60), at(2, 62)], nodes[0]!.id)?.name).toBe('node-2')
})

test('old values do not count', () => {
  expect(nearest(hottest, [at(1, 60), at(2, 90, { state: 'lost' })], undefined)?.name).toBe('node-1')
  expect(nearest(hottest, [nodeOf(3)], undefined)).toBeUndefined()
})

test('a battery counts only while it feeds the node', () => {
  const battery = extremes.find(({ id }) => id === 'battery')!
  const idle = nodeOf(1, { powerSource: 'mains', readings: { batteryRatio: 0.1 } })
  const used = nodeOf(2, { powerSource: 'battery', readings: { batteryRatio: 0.6 } })
  expect(nearest(battery, [idle, used], undefined)?.name).toBe('node-2')
})
