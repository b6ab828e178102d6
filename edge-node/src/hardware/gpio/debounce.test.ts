import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Debounced, observe, settle } from './debounce.ts'
import type { Level } from './settings.ts'

describe('debouncing', () => {
  // Either the line is seen at a level, or time passes and nothing is seen (the timer may come late).
  const step = fc.record({
    afterMs: fc.double({ min: 0, max: 50, noNaN: true }),
    seen: fc.option(fc.constantFrom<Level>('on', 'off'), { nil: undefined }),
  })

  it('never reports two edges closer than its time, and always the level that held', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.array(step, { maxLength: 80 }), (debounceMs, steps) => {
        let state: Debounced = { reported: 'off' }
        let nowMs = 0
        let last: Level = 'off'
        const edges: Array<{ level: Level; atMs: number }> = []
        for (const { afterMs, seen } of steps) {
          nowMs += afterMs
          if (seen === undefined) {
            const settled = settle(state, nowMs, debounceMs)
            state = settled.state
            if (settled.edge !== undefined) edges.push(settled.edge)
          } else {
            const observed = observe(state, seen, nowMs, debounceMs)
            state = observed.state
            edges.push(...observed.edges)
            last = seen
          }
        }
        const end = settle(state, nowMs + debounceMs + 1, debounceMs)
        if (end.edge !== undefined) edges.push(end.edge)
        expect(end.state).toEqual({ reported: last })
        expect(edges.at(-1)?.level ?? 'off').toBe(last)
        for (const [index, edge] of edges.entries()) {
          const before = edges[index - 1]
          if (before === undefined) continue
          expect(edge.level).not.toBe(before.level)
          expect(edge.atMs - before.atMs).toBeGreaterThanOrEqual(debounceMs)
        }
      }),
    )
  })

  it('begins anew when the line changed twice unseen', () => {
    const { state } = observe({ reported: 'off' }, 'on', 0, 20)
    const again = observe(state, 'on', 15, 20)
    expect(again.bounced).toBe(true)
    expect(settle(again.state, 30, 20).edge).toBeUndefined()
    expect(settle(again.state, 35, 20).edge).toEqual({ level: 'on', atMs: 15 })
  })
})
