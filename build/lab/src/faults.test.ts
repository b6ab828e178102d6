import fc from 'fast-check'
import { expect, test } from 'vitest'
import { faultRules, noFaults } from './faults.ts'

const dropLines = (rules: string): string[] => rules.split('\n').filter((line) => line.endsWith('drop'))

test('a healthy network drops nothing and still replaces the rules before', () => {
  expect(dropLines(faultRules(noFaults))).toEqual([])
  expect(faultRules(noFaults)).toContain('delete table bridge faults')
})

test('a partition drops both ways between the two sets only', () => {
  const rules = faultRules({ loss: new Map(), partitions: [[[1, 2], [3]]] })
  expect(dropLines(rules).map((line) => line.trim())).toEqual([
    'iifname { "p1", "p2" } oifname { "p3" } drop',
    'iifname { "p3" } oifname { "p1", "p2" } drop',
  ])
})

test('an empty side makes no rule, which nftables would refuse', () => {
  expect(dropLines(faultRules({ loss: new Map(), partitions: [[[], [1]]] }))).toEqual([])
})

test('a certain loss needs no chance, and a loss in one direction leaves the other alone', () => {
  expect(dropLines(faultRules({ loss: new Map([[4, { in: 0, out: 1 }]]), partitions: [] }))).toEqual([
    '    iifname "p4" drop',
  ])
})

test('a chance is given to nftables in millionths and is never rounded to nothing', () => {
  fc.assert(
    fc.property(fc.double({ min: Number.MIN_VALUE, max: 1, maxExcluded: true, noNaN: true }), (chance) => {
      const [line] = dropLines(faultRules({ loss: new Map([[1, { in: chance, out: 0 }]]), partitions: [] }))
      const millionths = Number(/< (\d+) drop$/.exec(line ?? '')?.[1])
      expect(millionths).toBeGreaterThanOrEqual(1)
      expect(Math.abs(millionths / 1_000_000 - chance)).toBeLessThanOrEqual(1e-6)
    }),
  )
})
