import { type FanCurve, fanCurveSchema } from '@wrale/protocol/node'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { balanced, safetyOf } from '../testing/safety.ts'
import {
  checkDraft,
  curveCaution,
  draftOf,
  dutyAt,
  isSameCurve,
  isUnderWay,
  movedTo,
  originText,
  reachOf,
  withoutPoint,
  withPoint,
} from './curve.ts'

/** Curves with whole degrees and percents, as editing makes them. */
const curve: fc.Arbitrary<FanCurve> = fc
  .record({
    degrees: fc.uniqueArray(fc.integer({ min: -40, max: 125 }), { minLength: 2, maxLength: 12 }),
    shares: fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 12, maxLength: 12 }),
  })
  .map(({ degrees, shares }) => {
    const duties = shares.slice(0, degrees.length).toSorted((a, b) => a - b)
    return degrees.toSorted((a, b) => a - b).map((celsius, index) => ({ celsius, duty: (duties[index] ?? 0) / 100 }))
  })

describe('a curve', () => {
  test('is straight between its points and level outside them', () => {
    expect([40, 48, 49, 57.5, 72, 99].map((celsius) => Number(dutyAt(balanced, celsius).toFixed(3)))).toEqual([
      0, 0, 0.15, 0.5, 1, 1,
    ])
  })

  test('is typed and read back as it was', () => {
    fc.assert(
      fc.property(curve, (one) => {
        const { curve: back, problems } = checkDraft(draftOf(one))
        expect(problems.size).toBe(0)
        expect(isSameCurve(back, one)).toBe(true)
      }),
    )
  })

  test('stays right wherever a point is dragged', () => {
    fc.assert(
      fc.property(
        curve,
        fc.nat(),
        fc.double({ noNaN: true, min: -300, max: 300 }),
        fc.double({ noNaN: true, min: -3, max: 3 }),
        (one, at, celsius, duty) => {
          const moved = movedTo(one, at % one.length, { celsius, duty })
          expect(fanCurveSchema.safeParse(moved).success).toBe(true)
        },
      ),
    )
  })

  test('does not change by a point that is added, and is right with it', () => {
    fc.assert(
      fc.property(curve, (one) => {
        const added = withPoint(one)
        if (added === undefined) return
        expect(fanCurveSchema.safeParse(added.curve).success).toBe(true)
        expect(added.curve).toHaveLength(one.length + 1)
        for (const { celsius, duty } of added.curve) expect(dutyAt(one, celsius)).toBeCloseTo(duty, 1)
      }),
    )
  })

  test('has two points at least and twelve at most', () => {
    expect(withoutPoint(balanced.slice(0, 2), 0)).toBeUndefined()
    expect(withoutPoint(balanced, 1)?.map(({ celsius }) => celsius)).toEqual([48, 65, 72])
    const full = Array.from({ length: 12 }, (_, index) => ({ celsius: index * 5, duty: index / 11 }))
    expect(withPoint(full)).toBeUndefined()
    expect(
      withPoint([
        { celsius: 40, duty: 0 },
        { celsius: 41, duty: 1 },
      ]),
    ).toBeUndefined()
  })

  test('is drawn from 30 to 90 °C, or as far as it goes', () => {
    expect(reachOf([balanced], 55)).toEqual({ min: 30, max: 90 })
    expect(
      reachOf(
        [
          [
            { celsius: -12, duty: 0 },
            { celsius: 101, duty: 1 },
          ],
        ],
        undefined,
      ),
    ).toEqual({ min: -20, max: 110 })
  })

  test('that never reaches full speed is cautioned against', () => {
    expect(curveCaution(balanced)).toBeUndefined()
    expect(
      curveCaution([
        { celsius: 40, duty: 0.2 },
        { celsius: 70, duty: 0.6 },
      ]),
    ).toMatch(/^Above 70 °C .* 60 %/)
  })
})

describe('what is typed', () => {
  const typed = (...points: ReadonlyArray<readonly [celsius: string, percent: string]>) =>
    checkDraft(points.map(([celsius, percent], key) => ({ key, celsius, percent })))

  test('may have a decimal comma and a proper minus', () => {
    expect(typed(['−5', '0'], ['40,5', '62,5']).curve).toEqual([
      { celsius: -5, duty: 0 },
      { celsius: 40.5, duty: 0.625 },
    ])
  })

  test('is told what is wrong at its place', () => {
    const { curve: none, problems } = typed(['50', '30'], ['x', '20'], ['126', ''], ['49', '40'])
    expect(none).toBeUndefined()
    expect(Object.fromEntries(problems)).toEqual({
      '1.celsius': 'A number from −40 to 125',
      '1.percent': 'Must not be below the point before it',
      '3.celsius': 'Must be above the point before it',
      '2.celsius': 'A number from −40 to 125',
      '2.percent': 'A number from 0 to 100',
    })
  })

  test('must go up', () => {
    expect(Object.fromEntries(typed(['50', '30'], ['50', '20']).problems)).toEqual({
      '1.celsius': 'Must be above the point before it',
      '1.percent': 'Must not be below the point before it',
    })
  })
})

describe('what the fleet wants', () => {
  const own = safetyOf().thermal
  const other = [
    { celsius: 40, duty: 0 },
    { celsius: 60, duty: 1 },
  ]

  test('is under way until the node has it', () => {
    expect(isUnderWay(undefined, own)).toBe(false)
    expect(isUnderWay({ profile: 'cool' }, own)).toBe(true)
    expect(isUnderWay({ curve: other }, own)).toBe(true)
    expect(isUnderWay({ curve: other }, { ...own, curve: other, curveFrom: 'fleet' })).toBe(false)
    expect(isUnderWay(undefined, { ...own, curve: other, curveFrom: 'fleet' }), 'and when it was taken back').toBe(true)
    expect(isUnderWay({}, { ...own, profileFrom: 'fleet' })).toBe(true)
  })

  test('is not under way when it is refused, or when a profile without a curve stands in front of it', () => {
    expect(isUnderWay({ profile: 'cool' }, { ...own, refused: 'pinned' })).toBe(false)
    expect(
      isUnderWay({ profile: 'max', curve: other }, { ...own, profile: 'max', profileFrom: 'fleet', curve: null }),
    ).toBe(false)
  })

  test('is told from the node’s own', () => {
    expect(originText(own)).toBe('The curve of the profile balanced, from the node’s own configuration.')
    expect(originText({ ...own, curveFrom: 'fleet' })).toMatch(/^A curve from the fleet, in place of/)
    expect(originText({ ...own, profile: 'max', curve: null, profileFrom: 'fleet' })).toBe(
      'The profile max, from the fleet, runs the fan at full speed always.',
    )
  })
})
