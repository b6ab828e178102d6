import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planNodes } from './plan.ts'

test('five simulated nodes stand in pairs, and the last node is this machine', () => {
  expect(planNodes(5, 'bench.example.org')).toEqual([
    { name: 'roof-1', metal: 'simulated' },
    { name: 'roof-2', metal: 'simulated' },
    { name: 'gate-1', metal: 'simulated' },
    { name: 'gate-2', metal: 'simulated' },
    { name: 'pump-1', metal: 'simulated' },
    { name: 'bench', metal: 'linux' },
  ])
})

test('a host called like a simulated node gets another name', () => {
  expect(planNodes(1, 'roof-1').at(-1)?.name).toBe('roof-1-host')
})

test('every plan has one real node, and names are labels that differ', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200 }), fc.string(), (count, host) => {
      const nodes = planNodes(count, host)
      expect(nodes).toHaveLength(count + 1)
      expect(nodes.filter(({ metal }) => metal === 'linux')).toHaveLength(1)
      expect(new Set(nodes.map(({ name }) => name)).size).toBe(nodes.length)
      for (const { name } of nodes) expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)
    }),
  )
})
