/** What each position of a Raspberry Pi's 40-pin header leads to; numbers are BCM numbers. Source: raspberrypi.com/documentation, GPIO. */
const pins: readonly (number | '3V3' | '5V' | 'GND')[] = [
  ...(['3V3', '5V', 2, '5V', 3, 'GND', 4, 14, 'GND', 15] as const),
  ...([17, 18, 27, 'GND', 22, 23, '3V3', 24, 10, 'GND'] as const),
  ...([9, 25, 11, 8, 'GND', 7, 0, 1, 5, 'GND'] as const),
  ...([6, 12, 13, 'GND', 19, 16, 26, 20, 'GND', 21] as const),
]

export interface HeaderPin {
  /** From 1. */
  readonly position: number
  readonly kind: 'power' | 'ground' | 'line'
  /** As it is printed beside the pin. */
  readonly text: string
}

/** The header as on the board: rows of two, odd positions left. */
export const headerRows: ReadonlyArray<readonly [HeaderPin, HeaderPin]> = Array.from({ length: 20 }, (_, row) => [
  pinAt(2 * row + 1),
  pinAt(2 * row + 2),
])

function pinAt(position: number): HeaderPin {
  const pin = pins[position - 1] ?? 'GND'
  if (typeof pin === 'number') return { position, kind: 'line', text: `GPIO ${pin}` }
  return { position, kind: pin === 'GND' ? 'ground' : 'power', text: pin }
}
