import { describe, expect, test } from 'vitest'
import { conflictsSentence } from './conflicts.ts'
import {
  draftOf,
  formatGroupsQuery,
  memberCountText,
  membersOf,
  nameProblem,
  parseGroupsQuery,
  readSelector,
} from './groups.ts'
import { idOf, nodeOf, secondsAgo } from './testing/nodes.ts'

const nodes = [
  nodeOf(1, { labels: { env: 'prod' } }),
  nodeOf(2),
  nodeOf(10, { labels: { env: 'prod', power: 'solar' } }),
]

describe('a group', () => {
  test('holds whom its selector selects, and whom one puts in by hand', () => {
    const { selected, all } = membersOf(nodes, { env: 'prod' }, [idOf(2), idOf(10)])
    expect(selected.map(({ name }) => name)).toEqual(['node-1', 'node-10'])
    expect(all.map(({ name }) => name)).toEqual(['node-1', 'node-2', 'node-10'])
    expect(membersOf(nodes, null, []).all).toEqual([])
  })

  test('says how many, and why', () => {
    expect(memberCountText(3, 2)).toBe('3 nodes: 2 by their labels, 1 more by hand.')
    expect(memberCountText(1, 0)).toBe('1 node, by hand.')
    expect(memberCountText(0, 0)).toBe('No node is in it.')
  })

  test('a selector is read as the command line reads it', () => {
    expect(readSelector('env=prod, power=solar')).toEqual({ selector: { env: 'prod', power: 'solar' } })
    expect(readSelector('  ')).toEqual({ selector: null })
    expect(readSelector('env').problem).toMatch(/not a selector/)
  })

  test('a name is checked as one types it', () => {
    expect(nameProblem('solar-2', ['solar'])).toBeUndefined()
    expect(nameProblem('solar', ['solar'])).toMatch(/of this name/)
    expect(nameProblem('Solar roofs', [])).toMatch(/Small letters/)
  })

  test('becomes a form and an address', () => {
    const group = { name: 'solar', description: null, selector: { a: 'b', c: 'd' }, nodes: [], members: [] }
    expect(draftOf(group)).toEqual({ name: 'solar', description: '', selector: 'a=b,c=d', nodes: [] })
    expect(parseGroupsQuery(formatGroupsQuery({ open: '' }))).toEqual({ open: '' })
    expect(formatGroupsQuery(parseGroupsQuery(''))).toBe('')
  })
})

test('conflicts are told in one sentence', () => {
  const claim = { value: 'a', author: { id: idOf(900), name: 'office' }, at: secondsAgo(5) }
  const conflict = {
    object: { type: 'node', id: idOf(1) },
    name: 'roof-1',
    field: 'label/env',
    holds: claim,
    lost: [claim],
  }
  expect(conflictsSentence([])).toBe('Nothing waits for a decision.')
  expect(conflictsSentence([conflict])).toBe('Two stations disagree about the label env of roof-1.')
  expect(conflictsSentence([conflict, conflict])).toBe('Stations disagree about 2 fields.')
})
