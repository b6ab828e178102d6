import fc from 'fast-check'
import type { PeerIdText } from '@wrale/protocol'
import { describe, expect, it } from 'vitest'
import { type CloneFound, CloneWatch } from './clone-watch.ts'

const peer = '12D3KooWaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' as PeerIdText
const other = '12D3KooWbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb' as PeerIdText
const instance = (number: number): Uint8Array => new Uint8Array(8).fill(number)

let nowMs = 0

function watch(): { clones: CloneWatch; found: CloneFound[] } {
  const clones = new CloneWatch({ monotonicMs: () => nowMs })
  const found: CloneFound[] = []
  clones.found.subscribe((one) => found.push(one))
  return { clones, found }
}

describe('CloneWatch', () => {
  it('takes restarts for restarts, however many and wherever from', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(5))), (runs) => {
        const { clones, found } = watch()
        for (const [index, [hellos, address]] of runs.entries())
          for (let hello = 0; hello <= hellos; hello++) clones.heard(peer, instance(index), `/a/${address}`)
        expect(found).toEqual([])
      }),
    )
  })

  it('knows two that take turns, and says where both are', () => {
    const { clones, found } = watch()
    clones.heard(peer, instance(1), '/a')
    clones.heard(peer, instance(2), '/b')
    expect(found).toEqual([])
    clones.heard(peer, instance(1), '/a')
    expect(found).toEqual([{ peer, addresses: ['/b', '/a'] }])
    expect(clones.clonedAt(peer)).toEqual(['/b', '/a'])
    expect(clones.clonedAt(other)).toEqual([])
  })

  it('finds whatever takes turns: some number comes back', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2), { minLength: 1, maxLength: 30 }), (spoken) => {
        const { clones, found } = watch()
        for (const number of spoken) clones.heard(peer, instance(number), `/${number}`)
        const turns = spoken.filter((number, index) => number !== spoken[index - 1])
        expect(found.length > 0).toBe(new Set(turns).size < turns.length)
      }),
    )
  })

  it('tells once an hour while they go on, and at once of a third', () => {
    const { clones, found } = watch()
    const turns = (...numbers: number[]): void => {
      for (const number of numbers) clones.heard(peer, instance(number), `/${number}`)
    }
    turns(1, 2, 1, 2, 1, 2)
    expect(found).toHaveLength(1)
    nowMs += 3_600_000
    turns(1)
    expect(found).toHaveLength(2)
    turns(3, 2, 3)
    expect(found.at(-1)?.addresses.toSorted()).toEqual(['/1', '/2', '/3'])
  })

  it('keeps members apart, and says nothing of those without a number', () => {
    const { clones, found } = watch()
    for (let turn = 0; turn < 4; turn++) {
      clones.heard(peer, instance(1), '/a')
      clones.heard(other, instance(2), '/b')
      clones.heard(peer, undefined, '/c')
    }
    expect(found).toEqual([])
  })
})
