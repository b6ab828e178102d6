import { expect, test } from 'vitest'
import { unlessRefused } from './refusals.ts'

test('a refusal becomes the error that it names, or FORBIDDEN when it names none that is known', () => {
  const refuse = (code: string) => () => unlessRefused({ refused: { code, message: 'no' } })
  expect(refuse('TOKEN_EXPIRED')).toThrow(expect.objectContaining({ code: 'TOKEN_EXPIRED', message: 'no' }))
  expect(refuse('WHATEVER')).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }))
  expect(unlessRefused({ a: 1 })).toEqual({ a: 1 })
})
