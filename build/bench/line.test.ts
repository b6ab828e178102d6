import { expect, test } from 'vitest'
import { benchLine } from './line.ts'

test('a line has the median as its value and the ratio to its peer', () => {
  const peer = { name: 'bare node', samples: [40, 42, 41] }
  expect(benchLine({ name: 'footprint.daemon', unit: 'MiB', samples: [82, 81, 83.0000001], peer })).toEqual({
    name: 'footprint.daemon',
    value: 82,
    unit: 'MiB',
    n: 3,
    min: 81,
    median: 82,
    p95: 82.9,
    max: 83,
    peer: { name: 'bare node', value: 41, n: 3, min: 40, median: 41, p95: 41.9, max: 42 },
    ratio: 2,
  })
})

test('counts keep every digit', () => {
  expect(benchLine({ name: 'a', unit: 'B', samples: [12_345_678] })?.value).toBe(12_345_678)
})

test('nothing measured gives no line, and a peer of nothing gives no ratio', () => {
  expect(benchLine({ name: 'a', unit: 's', samples: [] })).toBeUndefined()
  expect(benchLine({ name: 'a', unit: 's', samples: [1], peer: { name: 'b', samples: [] } })).not.toHaveProperty('peer')
  expect(benchLine({ name: 'a', unit: 's', samples: [1], peer: { name: 'b', samples: [0] } })).not.toHaveProperty(
    'ratio',
  )
})
