/** What a pin of a header leads to. Numbers are BCM numbers, which the kernel calls offsets of the chip. */
export type HeaderPin = number | '3V3' | '5V' | 'ground'

/** The pins of a header: index 0 is the pin at position 1, the square pad. */
export interface Header {
  readonly name: '40 pins' | '26 pins, revision 1' | '26 pins, revision 2'
  readonly pins: readonly HeaderPin[]
}

// Two columns as on the board: odd positions left, even positions right.
// Source: raspberrypi.com/documentation, "GPIO and the 40-pin header"; the first 26 positions of all three differ in three pins only.

/** Raspberry Pi 1 Model B of 2012 (revision codes 0002 and 0003). */
const revision1: Header = {
  name: '26 pins, revision 1',
  pins: [
    '3V3',
    '5V',
    0,
    '5V',
    1,
    'ground',
    4,
    14,
    'ground',
    15,
    17,
    18,
    21,
    'ground',
    22,
    23,
    '3V3',
    24,
    10,
    'ground',
    9,
    25,
    11,
    8,
    'ground',
    7,
  ],
}

/** Raspberry Pi 1 Model A and Model B from revision code 0004. */
const revision2: Header = {
  name: '26 pins, revision 2',
  pins: revision1.pins.map((pin) => (pin === 0 ? 2 : pin === 1 ? 3 : pin === 21 ? 27 : pin)),
}

/** Raspberry Pi 1 Model A+ and B+, and all that came after, Raspberry Pi 5 and the Zeros included. */
const full: Header = {
  name: '40 pins',
  pins: [
    ...revision2.pins,
    // Positions 27 and 28 lead to the identification EEPROM of a HAT.
    0,
    1,
    5,
    'ground',
    6,
    12,
    13,
    'ground',
    19,
    16,
    26,
    20,
    'ground',
    21,
  ],
}

export const headers = { revision1, revision2, full } as const

/**
 * The header of a board.
 * @param model as the device tree has it (/proc/device-tree/model), such as `Raspberry Pi 4 Model B Rev 1.4`
 * @returns undefined for a board without one, or another maker's
 */
export function headerOf(model: string): Header | undefined {
  if (!model.startsWith('Raspberry Pi ') || model.includes('Compute Module')) return undefined
  const first = /^Raspberry Pi Model (?<model>[AB])(?: Rev (?<revision>\d))?/.exec(model)
  if (first === null || model.includes('Plus')) return full
  return first.groups?.model === 'B' && first.groups.revision !== '2' ? revision1 : revision2
}

/** Position of a BCM number on a header, from 1; undefined when it does not lead there. */
export function positionOf(header: Header, bcm: number): number | undefined {
  const index = header.pins.indexOf(bcm)
  return index === -1 ? undefined : index + 1
}
