import type { JoinTokenView } from '@wrale/protocol/api'
import { counted } from './format.ts'

export type TokenState = 'usable' | 'used up' | 'expired' | 'revoked'

export function tokenStateOf({ revoked, uses, maxUses, expiresAt }: JoinTokenView, nowMs: number): TokenState {
  if (revoked) return 'revoked'
  if (uses >= maxUses) return 'used up'
  return Date.parse(expiresAt) <= nowMs ? 'expired' : 'usable'
}

/** Usable ones first, the newest first among equals. */
export function arrangeTokens(tokens: readonly JoinTokenView[], nowMs: number): JoinTokenView[] {
  const rank = (token: JoinTokenView): number => Number(tokenStateOf(token, nowMs) !== 'usable')
  return tokens.toSorted((a, b) => rank(a) - rank(b) || Date.parse(b.createdAt) - Date.parse(a.createdAt))
}

/** Who could still join, in one sentence. */
export function tokensSentence(tokens: readonly JoinTokenView[], nowMs: number): string {
  const usable = tokens.filter((token) => tokenStateOf(token, nowMs) === 'usable')
  if (usable.length === 0) return 'No token can be used now: nobody can join with one.'
  const left = usable.reduce((sum, { uses, maxUses }) => sum + maxUses - uses, 0)
  return `${counted(left, 'machine')} can still join, with ${counted(usable.length, 'token')}.`
}

/** Lives that the form offers, the shortest first. */
export const tokenLives = [
  { label: '1 hour', seconds: 3600 },
  { label: '1 day', seconds: 86_400 },
  { label: '7 days', seconds: 7 * 86_400 },
  { label: '30 days', seconds: 30 * 86_400 },
] as const
export const defaultTokenLife = 86_400
const maxTokenUses = 10_000

/** What was typed as a number of uses; undefined when it is none. */
export function parseUses(text: string): number | undefined {
  const uses = /^\s*\d{1,5}\s*$/.test(text) ? Number(text) : Number.NaN
  return uses >= 1 && uses <= maxTokenUses ? uses : undefined
}
