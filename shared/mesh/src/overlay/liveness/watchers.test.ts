import { expect, test } from 'vitest'
import { virtualPeerId } from '../../transport/memory/virtual-certificate.ts'
import { chooseWatchers } from './watchers.ts'

const links = Array.from({ length: 30 }, (_, index) => ({ id: virtualPeerId(index), role: 'node' as const }))

test('stations come first', () => {
  const station = { id: virtualPeerId(99), role: 'station' as const }
  expect(chooseWatchers(virtualPeerId(1000), [...links, station], 2)).toContain(station.id)
})

test('a choice changes only when it must', () => {
  const self = virtualPeerId(1000)
  const chosen = chooseWatchers(self, links, 2)
  for (const gone of links) {
    const after = chooseWatchers(
      self,
      links.filter((one) => one !== gone),
      2,
    )
    for (const id of chosen) expect(after.has(id)).toBe(id !== gone.id)
  }
})

test('the load is spread: nobody watches half of the fleet', () => {
  const load = new Map<string, number>()
  for (let self = 0; self < 300; self++)
    for (const id of chooseWatchers(virtualPeerId(2000 + self), links, 2)) load.set(id, (load.get(id) ?? 0) + 1)
  expect(load.size).toBe(30)
  expect(Math.max(...load.values())).toBeLessThan(45)
})
