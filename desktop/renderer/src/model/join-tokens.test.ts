import type { JoinTokenView } from '@wrale/protocol/api'
import { expect, test } from 'vitest'
import { arrangeTokens, parseUses, tokensSentence, tokenStateOf } from './join-tokens.ts'
import { nowMs, secondsAgo } from './testing/nodes.ts'

const token = (name: string, change: Partial<JoinTokenView> = {}): JoinTokenView => ({
  id: '0011223344556677',
  name,
  createdAt: secondsAgo(60),
  expiresAt: secondsAgo(-3600),
  maxUses: 10,
  uses: 2,
  revoked: false,
  ...change,
})

test('a token can be used until it is revoked, used up or expired', () => {
  expect(tokenStateOf(token('a'), nowMs)).toBe('usable')
  expect(tokenStateOf(token('a', { uses: 10 }), nowMs)).toBe('used up')
  expect(tokenStateOf(token('a', { expiresAt: secondsAgo(0) }), nowMs)).toBe('expired')
  expect(tokenStateOf(token('a', { uses: 10, revoked: true }), nowMs)).toBe('revoked')
})

test('usable tokens stand first, newer before older', () => {
  const tokens = [
    token('old'),
    token('gone', { revoked: true, createdAt: secondsAgo(1) }),
    token('new', { createdAt: secondsAgo(2) }),
  ]
  expect(arrangeTokens(tokens, nowMs).map(({ name }) => name)).toEqual(['new', 'old', 'gone'])
})

test('the sentence counts the machines that could still join', () => {
  expect(tokensSentence([token('a'), token('b', { maxUses: 3 }), token('c', { revoked: true })], nowMs)).toBe(
    '9 machines can still join, with 2 tokens.',
  )
  expect(tokensSentence([], nowMs)).toMatch(/^No token can be used now/)
})

test('uses are whole numbers within the limit', () => {
  expect([' 12 ', '1', '10000'].map(parseUses)).toEqual([12, 1, 10_000])
  expect(['0', '10001', '1.5', '-1', 'many', ''].map(parseUses)).toEqual(Array(6).fill(undefined))
})
