import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { writeFileAtomicSync } from './atomic-file.ts'
import { setAside } from './set-aside.ts'
import { errnoOf, storageError } from './storage-error.ts'

/** A number that only rises, on disk, and whether the life that raised it ended in good order. */
export interface SequenceFile {
  /** 0 when there is none, or when the file is damaged. */
  highest(): number
  /** False when the process that raised it last was killed, lost its power, or could not say goodbye, and when the file is damaged. */
  readonly endedWell: boolean
  /** Durable when it returns. @throws FleetError STORAGE_FULL, STATE_DIR_FORBIDDEN, STATE_DAMAGED */
  raise(number: number): void
  /** Says that all that was to be stored is stored. */
  end(): void
}

interface Slot {
  readonly number: number
  readonly ended: boolean
}

/** `NUMBER NUMBER WORD`, of one length always. */
const slotBytes = 40
const slotPattern = /^(\d{16}) (\d{16}) (open |ended)\n$/

/**
 * Keeps in a small file of its own what must not be lost together with a database. The file has two slots, and the one that does not count
 * is overwritten where it is: that takes no room, so it works on a full disk, and a write that is cut off leaves the other slot. A number is
 * written twice, so that damage shows; a file without a good slot is set aside.
 */
export function sequenceFile(path: string): SequenceFile {
  const found = read(path)
  const newer = found.findIndex((slot) => slot !== undefined && found.every((other) => rank(other) <= rank(slot)))
  let current = Math.max(newer, 0)
  let { number: highest, ended } = found[current] ?? { number: 0, ended: true }
  let exists = newer >= 0
  const write = (slot: Slot): void => {
    if (exists) overwrite(path, 1 - current, slot)
    else writeFileAtomicSync(path, textOf(slot).repeat(2), { mode: 0o600 })
    exists = true
    current = 1 - current
    highest = slot.number
    ended = slot.ended
  }
  return {
    endedWell: ended && !found.includes(undefined),
    highest: () => highest,
    raise(number) {
      if (number > highest) write({ number, ended: false })
    },
    end() {
      if (!ended) write({ number: highest, ended: true })
    },
  }
}

/** Of two slots the one with the higher rank was written later. */
function rank(slot: Slot | undefined): number {
  return slot === undefined ? -1 : slot.number + (slot.ended ? 0.5 : 0)
}

function textOf({ number, ended }: Slot): string {
  const digits = String(number).padStart(16, '0')
  return `${digits} ${digits} ${ended ? 'ended' : 'open '}\n`
}

function overwrite(path: string, index: number, slot: Slot): void {
  try {
    const file = openSync(path, 'r+')
    try {
      writeSync(file, textOf(slot), index * slotBytes)
      fdatasyncSync(file)
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw storageError(error, path)
  }
}

/** @returns two slots, undefined where they are damaged; none where there is no file yet */
function read(path: string): Array<Slot | undefined> {
  let text = ''
  try {
    text = readFileSync(path, 'latin1')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    // A folder in its place is damage like any other.
    if (errnoOf(error) !== 'EISDIR') throw storageError(error, path)
  }
  const slots = [text.slice(0, slotBytes), text.slice(slotBytes)].map(parse)
  if (slots.some((slot) => slot !== undefined)) return slots
  try {
    setAside(path)
  } catch (error) {
    throw storageError(error, path)
  }
  return slots
}

function parse(text: string): Slot | undefined {
  const [, first, second, word] = slotPattern.exec(text) ?? []
  const number = Number(first)
  if (first === undefined || first !== second || !Number.isSafeInteger(number)) return undefined
  return { number, ended: word === 'ended' }
}
