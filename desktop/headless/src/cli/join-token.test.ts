import { describe, expect, it } from 'vitest'
import { parseTtl } from './join-token.ts'

describe('parseTtl', () => {
  it.each([
    ['90s', 90],
    ['30m', 1800],
    ['24h', 86_400],
    ['7d', 604_800],
  ])('reads %s as %d seconds', (text, seconds) => {
    expect(parseTtl(text)).toBe(seconds)
  })

  it.each(['', '24', 'h', '1.5h', '-1h', '24 h', '1w'])('refuses "%s"', (text) => {
    expect(() => parseTtl(text)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})
