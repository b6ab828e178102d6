import { beforeEach, describe, expect, it } from 'vitest'
import { idOf } from '../../testing/ids.ts'
import { contactOf, SightingBook } from './sightings.ts'

const self = idOf(1)
const other = idOf(2)
const report = (atMs: number) => ({ intervalMs: 5000, validUntilMs: atMs + 9500 })

describe('SightingBook', () => {
  let book: SightingBook
  const see = (by: typeof self, atMs: number): void =>
    book.linked({ by, atMs, atWallMs: atMs, ...(by === self ? {} : { report: report(atMs) }) })
  const contact = (nowMs: number) => contactOf(book.weigh(nowMs))

  beforeEach(() => {
    book = new SightingBook(self)
  })

  it('knows no contact of a node that nobody mentioned', () => {
    expect(contact(0)).toEqual({ linked: false, since: undefined })
  })

  it('believes a witness until its own deadline', () => {
    see(other, 0)
    expect(contact(9500)).toEqual({ linked: true })
    expect(contact(9501)).toEqual({ linked: false, since: 9500 })
  })

  it('believes an older report for a while after this station lost its own link, then not any more', () => {
    see(self, 0)
    see(other, 1000)
    book.gone(self, 2000)
    expect(contact(7999)).toEqual({ linked: true })
    expect(contact(8000)).toEqual({ linked: false, since: 2000 })
  })

  it('believes a report that is newer than the loss of its own link', () => {
    see(self, 0)
    book.gone(self, 2000)
    see(other, 3000)
    expect(contact(12_000)).toEqual({ linked: true })
  })

  it('dates a loss that a witness tells of back by the time that telling takes, never before the last sighting', () => {
    see(other, 0)
    book.gone(other, 5000)
    expect(contact(5000)).toEqual({ linked: false, since: 3000 })
    see(other, 6000)
    book.gone(other, 6500)
    expect(contact(6500)).toEqual({ linked: false, since: 6000 })
  })

  it('forgets the loss when the link comes back', () => {
    see(self, 0)
    book.gone(self, 1000)
    see(self, 2000)
    expect(contact(2000)).toEqual({ linked: true })
  })

  it('names those with a link first, then who saw it last', () => {
    for (const [number, atMs] of [
      [2, 100],
      [3, 300],
      [4, 200],
    ] as const) {
      see(idOf(number), atMs)
      book.gone(idOf(number), atMs)
    }
    see(self, 50)
    expect(book.weigh(400).map(({ by }) => by)).toEqual([self, idOf(3), idOf(4), idOf(2)])
  })

  it('remembers only the latest of those that lost it', () => {
    for (let number = 1; number <= 50; number++) {
      see(idOf(number), number)
      book.gone(idOf(number), number)
    }
    const remembered = book.weigh(100)
    expect(remembered).toHaveLength(8)
    expect(remembered[0]?.by).toBe(idOf(50))
  })
})
