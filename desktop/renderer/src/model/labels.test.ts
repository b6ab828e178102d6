import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { filterNodes } from './filter.ts'
import { labelTerm, parseLabel, placeText, termsOf, toggledTerm } from './labels.ts'
import { defaultQuery } from './list-query.ts'
import { nodeOf } from './testing/nodes.ts'

const nodes = [
  nodeOf(1, { labels: { env: 'prod' }, place: { zone: 'Roof', slot: '4' }, groups: ['solar'] }),
  nodeOf(2, { labels: { env: 'staging', owner: 'North team' } }),
  nodeOf(3, { name: 'prod-spare' }),
]
const found = (search: string): string[] => filterNodes(nodes, { ...defaultQuery, search }).map(({ name }) => name)

describe('the filter', () => {
  test('asks for a label by its value, or for any value of it', () => {
    expect(found('env=prod')).toEqual(['node-1'])
    expect(found('ENV=Prod')).toEqual(['node-1'])
    expect(found('env=')).toEqual(['node-1', 'node-2'])
    expect(found('env=pro')).toEqual([])
  })

  test('asks for places and groups in the same way', () => {
    expect(found('zone=roof')).toEqual(['node-1'])
    expect(found('group=solar slot=4')).toEqual(['node-1'])
  })

  test('a plain word is looked for in labels and places too', () => {
    expect(found('prod')).toEqual(['node-1', 'prod-spare'])
    expect(found('north')).toEqual(['node-2'])
  })

  test('a value with a space is quoted', () => {
    expect(labelTerm({ key: 'owner', value: 'North team' })).toBe('"owner=North team"')
    expect(found('"owner=North team"')).toEqual(['node-2'])
  })

  test('a term goes in with one click and out with another, and leaves the others alone', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('roof', 'zone=a', '"b c=d e"', 'x')), (words) => {
        const before = words.join(' ')
        const once = toggledTerm(before, 'env=prod')
        expect(termsOf(once)).toContain('env=prod')
        expect(termsOf(toggledTerm(once, 'env=prod'))).toEqual(termsOf(before))
      }),
    )
  })
})

describe('a typed label', () => {
  test('is a key, and perhaps a value', () => {
    expect(parseLabel(' Env = prod ')).toEqual({ key: 'env', value: 'prod' })
    expect(parseLabel('spare')).toEqual({ key: 'spare', value: '' })
    expect(parseLabel('url=a=b')).toEqual({ key: 'url', value: 'a=b' })
  })

  test('is refused in words', () => {
    for (const text of ['', '=x', 'a b=c', `${'k'.repeat(60)}=1`, `k=${'v'.repeat(200)}`])
      expect(parseLabel(text)).toHaveProperty('problem')
  })
})

test('a place reads from the large to the small', () => {
  expect(placeText({ slot: '4', site: 'Valley', zone: 'roof' })).toBe('Valley › roof › 4')
  expect(placeText(undefined)).toBe('')
})
