import { errorCodes, type FleetErrorCode } from '@wrale/kernel'
import { expect, test } from 'vitest'
import { signInTrouble } from './trouble.ts'

test('a used, an expired and an unknown link are told apart', () => {
  const titles = (['TOKEN_USED_UP', 'TOKEN_EXPIRED', 'TOKEN_INVALID', 'UNAVAILABLE'] as const).map(
    (code) => signInTrouble({ code, message: '' }).title,
  )
  expect(new Set(titles).size).toBe(4)
})

test('every code has advice', () => {
  for (const code of Object.keys(errorCodes) as FleetErrorCode[]) {
    expect(signInTrouble({ code, message: 'no' }).advice, code).not.toBe('')
  }
})
