import { describe, expect, it } from 'vitest'
import { headerOf, headers, positionOf } from './header.ts'

describe('header maps', () => {
  it.each([
    [headers.full, { pins: 40, '3V3': 2, '5V': 2, ground: 8, lines: 28 }],
    [headers.revision2, { pins: 26, '3V3': 2, '5V': 2, ground: 5, lines: 17 }],
    [headers.revision1, { pins: 26, '3V3': 2, '5V': 2, ground: 5, lines: 17 }],
  ])('$name: has as many pins of each kind as the board', ({ pins }, expected) => {
    const count = (kind: string): number => pins.filter((pin) => pin === kind).length
    const bcm = pins.filter((pin) => typeof pin === 'number')
    expect({
      pins: pins.length,
      '3V3': count('3V3'),
      '5V': count('5V'),
      ground: count('ground'),
      lines: bcm.length,
    }).toEqual(expected)
    expect(new Set(bcm).size, 'every BCM number once').toBe(bcm.length)
    expect(bcm.every((pin) => pin >= 0 && pin <= 27)).toBe(true)
  })

  it('leads all of BCM 0 to 27 to the 40 pins', () => {
    const bcm = headers.full.pins.filter((pin) => typeof pin === 'number')
    expect(bcm.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 28 }, (_, pin) => pin))
  })

  it.each([headers.full, headers.revision1, headers.revision2])(
    '$name: has its power where a board on top needs it',
    ({ pins }) => {
      const at = (kind: string): number[] => pins.flatMap((pin, index) => (pin === kind ? [index + 1] : []))
      expect(at('3V3')).toEqual([1, 17])
      expect(at('5V')).toEqual([2, 4])
      expect(at('ground')).toEqual([6, 9, 14, 20, 25, 30, 34, 39].filter((position) => position <= pins.length))
    },
  )

  it('differs in three pins between the revisions of 26, and in none between 26 and 40', () => {
    const differing = headers.revision1.pins.flatMap((pin, index) =>
      pin === headers.revision2.pins[index] ? [] : [[index + 1, pin, headers.revision2.pins[index]]],
    )
    expect(differing).toEqual([
      [3, 0, 2],
      [5, 1, 3],
      [13, 21, 27],
    ])
    expect(headers.full.pins.slice(0, 26)).toEqual(headers.revision2.pins)
  })

  it.each([
    [2, 3],
    [3, 5],
    [4, 7],
    [14, 8],
    [17, 11],
    [18, 12],
    [10, 19],
    [7, 26],
    [0, 27],
    [1, 28],
    [12, 32],
    [16, 36],
    [26, 37],
    [21, 40],
  ])('has BCM %i at position %i of 40', (bcm, position) => {
    expect(positionOf(headers.full, bcm)).toBe(position)
  })

  it.each([
    ['Raspberry Pi 5 Model B Rev 1.0', headers.full],
    ['Raspberry Pi 4 Model B Rev 1.4', headers.full],
    ['Raspberry Pi 2 Model B Rev 1.1', headers.full],
    ['Raspberry Pi Zero 2 W Rev 1.0', headers.full],
    ['Raspberry Pi Model B Plus Rev 1.2', headers.full],
    ['Raspberry Pi Model A Plus Rev 1.1', headers.full],
    ['Raspberry Pi Model B Rev 2', headers.revision2],
    ['Raspberry Pi Model A Rev 2', headers.revision2],
    ['Raspberry Pi Model B Rev 1', headers.revision1],
    ['Raspberry Pi Model B', headers.revision1],
    ['Raspberry Pi Compute Module 4 Rev 1.0', undefined],
    ['linux,dummy-virt', undefined],
  ])('knows the header of %s', (model, header) => {
    expect(headerOf(model)).toBe(header)
  })
})
