import { beforeEach, describe, expect, it } from 'vitest'
import { idOf } from '../../testing/ids.ts'
import { SightingBook } from './sightings.ts'

const [one, two] = [idOf(1), idOf(2)]

describe('SightingBook', () => {
  let book: SightingBook
  const believed =
    (heardAtMs = 0) =>
    () => ({ believed: true, heardAtMs })

  beforeEach(() => {
    book = new SightingBook()
  })

  it('knows nobody who has a link to a node that nobody mentioned', () => {
    expect(book.weigh(believed())).toEqual([])
  })

  it('takes a link to be up as long as its witness is believed, and known to be so when that was heard last', () => {
    book.linked(one, { rttMs: 2, lossRatio: 0.1 })
    expect(book.weigh(believed(70))).toEqual([{ by: one, rttMs: 2, lossRatio: 0.1, linked: true, atMs: 70 }])
    expect(book.weigh(() => ({ believed: false, heardAtMs: 70 }))).toMatchObject([{ linked: false, atMs: 70 }])
  })

  it('says what is new: a link that came, ended, came back or was measured anew', () => {
    expect(book.gone(one, 1)).toBe(false)
    expect(book.linked(one, { rttMs: 2 })).toBe(true)
    expect(book.linked(one, { rttMs: 2 })).toBe(false)
    expect(book.linked(one, { rttMs: 3 })).toBe(true)
    expect(book.gone(one, 5)).toBe(true)
    expect(book.gone(one, 6)).toBe(false)
    expect(book.weigh(believed())).toMatchObject([{ linked: false, atMs: 5 }])
    expect(book.linked(one, { rttMs: 3 })).toBe(true)
    expect(book.weigh(believed(9))).toMatchObject([{ linked: true, atMs: 9 }])
  })

  it('names those with a link first, then who saw it last', () => {
    for (const [number, atMs] of [
      [2, 100],
      [3, 300],
      [4, 200],
    ] as const) {
      book.linked(idOf(number), {})
      book.gone(idOf(number), atMs)
    }
    book.linked(one, {})
    expect(book.weigh(believed(50)).map(({ by }) => by)).toEqual([one, idOf(3), idOf(4), two])
  })

  it('remembers only the latest of those that lost it', () => {
    for (let number = 1; number <= 50; number++) {
      book.linked(idOf(number), {})
      book.gone(idOf(number), number)
    }
    const remembered = book.weigh(believed())
    expect(remembered).toHaveLength(8)
    expect(remembered[0]?.by).toBe(idOf(50))
  })
})
