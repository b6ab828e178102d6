import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { claimCodeGap, claimCodeLength, groupClaimCode, readClaimCode } from './claim-code.ts'

describe('a claim code', () => {
  test('is read however it is typed: spaces, dashes, small letters, lookalikes', () => {
    expect(readClaimCode(' k7qf 2mpa–xr3t ')).toBe('K7QF2MPAXR3T')
    expect(readClaimCode('O0iI-lL11')).toBe('00111111')
  })

  test('stands in three groups of four, also when it is not whole yet', () => {
    expect(groupClaimCode('K7QF2MPAXR3T')).toBe('K7QF-2MPA-XR3T')
    expect(groupClaimCode('K7QF2')).toBe('K7QF-2')
    expect(groupClaimCode('')).toBe('')
  })

  test('never grows beyond its length, and reading what is shown changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const code = readClaimCode(text)
        expect(code.length).toBeLessThanOrEqual(claimCodeLength)
        expect(readClaimCode(groupClaimCode(code))).toBe(code)
      }),
    )
  })

  test('says what is missing', () => {
    expect(claimCodeGap('')).toBe('Enter the 12 characters.')
    expect(claimCodeGap('K7QF2MPAXR3')).toBe('1 more character.')
    expect(claimCodeGap('K7QF2MPAXRU3')).toMatch(/no U/)
    expect(claimCodeGap('K7QF2MPAXR3T')).toBeUndefined()
  })
})
