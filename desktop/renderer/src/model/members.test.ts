import type { MemberView } from '@wrale/protocol/api'
import { describe, expect, test } from 'vitest'
import {
  arrangeMembers,
  formatMembersQuery,
  membersSentence,
  parseMembersQuery,
  revokeConsequences,
  standingOf,
} from './members.ts'
import { idOf, nowMs } from './testing/nodes.ts'

function member(index: number, change: Partial<MemberView> = {}): MemberView {
  return {
    id: idOf(index),
    name: `node-${index}`,
    role: 'node',
    state: 'active',
    self: false,
    admin: false,
    serial: `a${index}`,
    issuedAt: new Date(nowMs).toISOString(),
    issuedBy: null,
    expiresAt: null,
    lastSeen: null,
    revokedAt: null,
    revokedBy: null,
    reason: null,
    replacedBy: null,
    clonedAt: [],
    ...change,
  }
}
const station = member(9, { name: 'office', role: 'station', admin: true })
const cloned = member(3, { clonedAt: ['/ip4/10.0.0.1/tcp/1', '/ip4/10.0.0.2/tcp/1'] })
const revoked = member(4, { state: 'revoked', reason: 'stolen' })
const names = (found: readonly MemberView[]) => found.map(({ name }) => name)

describe('members', () => {
  test('a cloned key is flagged, unless it is put out already', () => {
    expect(standingOf(cloned)).toBe('cloned')
    expect(standingOf({ ...cloned, state: 'revoked' })).toBe('revoked')
  })

  test('the loudest stands first, and past ones only on demand', () => {
    const all = [revoked, member(1), station, cloned]
    expect(names(arrangeMembers(all, { search: '', past: false }))).toEqual(['node-3', 'office', 'node-1'])
    expect(names(arrangeMembers(all, { search: '', past: true })).at(-1)).toBe('node-4')
  })

  test('are found by any word of their row, by id and by serial', () => {
    const all = [revoked, member(1), station]
    expect(names(arrangeMembers(all, { search: 'stolen', past: true }))).toEqual(['node-4'])
    expect(names(arrangeMembers(all, { search: 'STATION root', past: false }))).toEqual(['office'])
    expect(names(arrangeMembers(all, { search: 'a1', past: false }))).toEqual(['node-1'])
  })

  test('the address gives back what was put in', () => {
    const query = { search: 'a & b', past: true, open: idOf(1) }
    expect(parseMembersQuery(formatMembersQuery(query))).toEqual(query)
    expect(formatMembersQuery(parseMembersQuery(''))).toBe('')
  })
})

describe('the sentence', () => {
  test('says what needs a person, the loudest first', () => {
    expect(membersSentence([station, member(1)], 2)).toBe('2 machines wait to be claimed.')
    expect(membersSentence([cloned], 1)).toBe(
      'Two boards answer with the key of node-3; 1 machine waits to be claimed.',
    )
    expect(membersSentence([member(1, { state: 'expired' }), member(2, { state: 'expired' })], 0)).toBe(
      '2 certificates ran out.',
    )
  })

  test('is quiet when all is well, and counts nobody who is out', () => {
    expect(membersSentence([station, member(1), member(2), revoked], 0)).toBe(
      '1 station and 2 nodes are members, and nobody waits to be let in.',
    )
  })
})

describe('revoking', () => {
  test('is told in words and numbers', () => {
    expect(revokeConsequences(member(2), 5)).toEqual([
      'node-2 loses its 5 links at once, and every member refuses it from now on.',
      'What it wrote up to now stays; nothing that it writes from now on is taken.',
      'Its services go on running; it goes on keeping itself safe.',
      'Members that are out of reach refuse it as soon as they hear of this.',
      'It can come back only after a local reset (wrale-edge reset --new-identity) and a new join.',
    ])
    expect(revokeConsequences(member(2), 1)[0]).toContain('its 1 link at once')
    expect(revokeConsequences(member(2), 0)[0]).toContain('has no link now')
    expect(revokeConsequences(member(2), undefined)[0]).toContain('all its links')
  })

  test('of a station names what its people lose', () => {
    const lines = revokeConsequences(station, 3).join(' ')
    expect(lines).toContain('The people who work at it')
    expect(lines).toContain('Whom it let in before stays')
  })
})
