import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { linkBetween, memberOf, meshViewOf } from '../testing/mesh.ts'
import { idOf } from '../testing/nodes.ts'
import { placeLabels } from './link-labels.ts'
import { layoutMesh, linkPath, pointOnLink } from './layout.ts'
import { meshOf } from './mesh.ts'

const frame = { width: 1000, height: 600, sides: 150, ends: 44 }
const fleet = (count: number) => [memberOf(900), ...Array.from({ length: count }, (_, index) => memberOf(index))]
/** Everyone is linked to the station. */
const star = (count: number) => Array.from({ length: count }, (_, index) => linkBetween(900, index))
const placesOf = (members: ReturnType<typeof fleet>, links: ReturnType<typeof star>) =>
  new Map([...layoutMesh(meshOf(meshViewOf(members, links)), frame).places].map(([id, { x, y }]) => [id, { x, y }]))

describe('the ring', () => {
  test('does not depend on the order in which members are told, or on which of them are linked', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 0, max: 39 }), (count, missing) => {
        const members = fleet(count)
        const links = star(count)
        const before = placesOf(members, links)
        expect(placesOf(members.toReversed(), links.toReversed())).toEqual(before)
        // One that has no link stays where it was.
        expect(placesOf(members, links.toSpliced(missing % count, 1))).toEqual(before)
      }),
    )
  })

  test('holds everyone inside its frame, each in a place of its own', () => {
    for (const count of [1, 6, 60, 200, 500]) {
      const places = [...placesOf(fleet(count), star(count)).values()]
      expect(places).toHaveLength(count + 1)
      for (const { x, y } of places) {
        expect(x).toBeGreaterThanOrEqual(frame.sides - 1)
        expect(x).toBeLessThanOrEqual(frame.width - frame.sides + 1)
        expect(y).toBeGreaterThanOrEqual(frame.ends - 1)
        expect(y).toBeLessThanOrEqual(frame.height - frame.ends + 1)
      }
      expect(new Set(places.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`)).size).toBe(places.length)
    }
  })

  test('leaves 200 members room to be pointed at', () => {
    const places = [...placesOf(fleet(200), star(200)).values()]
    const nearest = Math.min(
      ...places.flatMap((a, index) => places.slice(index + 1).map((b) => Math.hypot(a.x - b.x, a.y - b.y))),
    )
    expect(nearest).toBeGreaterThan(9)
  })

  test('begins at the top with the station', () => {
    const { x, y } = placesOf(fleet(6), star(6)).get(idOf(900)) ?? { x: 0, y: 0 }
    expect([Math.round(x), Math.round(y)]).toEqual([500, 44])
  })

  test('parts that do not see each other stand apart', () => {
    const members = [900, 1, 2, 3].map((index) => memberOf(index))
    const places = placesOf(members, [linkBetween(900, 1), linkBetween(2, 3)])
    const xs = (...indexes: number[]) => indexes.map((index) => places.get(idOf(index))?.x ?? 0)
    expect(Math.max(...xs(900, 1))).toBeLessThan(Math.min(...xs(2, 3)))
  })
})

describe('a link', () => {
  const from = { x: 0, y: 0 }
  const to = { x: 100, y: 0 }
  const middle = { x: 50, y: 100 }

  test('goes from one end to the other, bent towards the middle', () => {
    expect(linkPath(from, to, middle)).toBe('M0.0 0.0Q50.0 30.0 100.0 0.0')
    expect(pointOnLink(from, to, middle, 0)).toEqual(from)
    expect(pointOnLink(from, to, middle, 1)).toEqual(to)
    expect(pointOnLink(from, to, middle, 0.5).y).toBeGreaterThan(0)
  })
})

test('no label stands over another, and the worst link has one', () => {
  const members = fleet(8)
  const links = members.flatMap((_, one) =>
    Array.from({ length: one }, (__, other) =>
      linkBetween(one, other, one === 5 && other === 2 ? { lossRatio: 0.3 } : {}),
    ),
  )
  const mesh = meshOf(meshViewOf(members, links))
  const labels = placeLabels(mesh.links, layoutMesh(mesh, frame), undefined, () => '12.3 ms')
  expect(labels.length).toBeGreaterThan(12)
  expect(labels[0]?.link.kind).toBe('lossy')
  for (const [index, a] of labels.entries()) {
    for (const b of labels.slice(index + 1)) expect(Math.abs(a.x - b.x) > 40 || Math.abs(a.y - b.y) > 16).toBe(true)
  }
})
