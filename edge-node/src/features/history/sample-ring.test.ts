import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SampleRing } from './sample-ring.ts'

describe('SampleRing', () => {
  it('holds the newest samples in order, in bounded memory', () => {
    const step = fc.oneof(fc.nat({ max: 150 }), fc.constant('clear' as const))
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.array(step, { maxLength: 6 }), (max, steps) => {
        const ring = new SampleRing(max)
        let model: number[] = []
        let next = 0
        for (const pushes of steps) {
          if (pushes === 'clear') {
            ring.clear()
            model = []
            continue
          }
          for (let push = 0; push < pushes; push++) {
            expect(ring.push(next, -next)).toBe(model.length < max)
            model = [...model, next++].slice(-max)
          }
        }
        const [times, values] = ring.columns()
        expect([...times]).toEqual(model)
        expect([...values]).toEqual(model.map((value) => -value))
        expect(ring.length).toBe(model.length)
        expect(ring.bytes).toBeLessThanOrEqual(16 * max)
      }),
      { numRuns: 60 },
    )
  })
})
