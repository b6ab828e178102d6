import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type FanObservation, stallLimits, type StallState, stepStall } from './stall.ts'

/** What is said after each of some observations, one a second. */
function watched(observations: readonly FanObservation[]): (boolean | undefined)[] {
  let state: StallState = {}
  return observations.map((observation, index) => {
    const stepped = stepStall(state, observation, index * 1000)
    state = stepped.state
    return stepped.stalled
  })
}

const turning = { dutyRatio: 0.5, rpm: 2400 }
const standing = { dutyRatio: 0.5, rpm: 0 }

it('a fan that is asked and does not turn is stalled after five seconds, and no longer once it turns', () => {
  const seconds = (count: number, observation: FanObservation) => Array.from({ length: count }, () => observation)
  expect(watched([turning, ...seconds(5, standing)])).not.toContain(true)
  expect(watched([turning, ...seconds(6, standing), turning, standing]).slice(-3)).toEqual([true, false, false])
})

it('a fan that may stand still is not stalled', () => {
  expect(watched(Array.from({ length: 60 }, () => ({ dutyRatio: 0.29, rpm: 0 })))).not.toContain(true)
})

it('nothing is said where the speed is not measured, and the count begins anew', () => {
  for (const mute of [
    { dutyRatio: 1, rpm: undefined },
    { dutyRatio: 1, rpm: NaN },
    { dutyRatio: undefined, rpm: 0 },
  ]) {
    const said = watched([standing, standing, standing, standing, mute, standing, standing, standing])
    expect(said[4]).toBeUndefined()
    expect(said).not.toContain(true)
  }
})

it('is only ever said after the whole time without a turn in it', () => {
  const observation = fc.record({ dutyRatio: fc.constantFrom(0, 0.29, 0.3, 1), rpm: fc.constantFrom(0, 99, 100, 5000) })
  fc.assert(
    fc.property(fc.array(observation, { maxLength: 40 }), (observations) => {
      const stands = observations.map(
        ({ dutyRatio, rpm }) => dutyRatio >= stallLimits.dutyRatio && rpm < stallLimits.rpm,
      )
      for (const [index, stalled] of watched(observations).entries())
        expect(stalled).toBe(index >= 5 && stands.slice(index - 5, index + 1).every(Boolean))
    }),
  )
})
