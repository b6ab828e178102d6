import { readFileSync } from 'node:fs'
import { writeFileAtomicSync } from './atomic-file.ts'
import { setAside } from './set-aside.ts'
import { errnoOf, storageError } from './storage-error.ts'

/** A number that only rises, on disk, and whether the life that raised it ended in good order. */
export interface SequenceFile {
  /** 0 when there is none, or when the file is damaged. */
  highest(): number
  /** False when the process that raised it last was killed, lost its power, or could not say goodbye, and when the file is damaged. */
  readonly endedWell: boolean
  /** Durable when it returns. @throws FleetError STORAGE_FULL, STATE_DIR_FORBIDDEN */
  raise(number: number): void
  /** Says that all that was to be stored is stored. */
  end(): void
}

/**
 * Keeps in a small file of its own what must not be lost together with a database. The number is written twice, so that a damaged file is
 * seen to be one; it is set aside.
 */
export function sequenceFile(path: string): SequenceFile {
  const found = read(path)
  let { highest } = found
  let open = false
  const write = (word: 'open' | 'ended'): void =>
    writeFileAtomicSync(path, `${highest} ${highest} ${word}\n`, { mode: 0o600 })
  return {
    endedWell: found.endedWell,
    highest: () => highest,
    raise(number) {
      if (number <= highest) return
      const before = highest
      highest = number
      try {
        write('open')
      } catch (error) {
        highest = before
        throw error
      }
      open = true
    },
    end() {
      if (open) write('ended')
      open = false
    },
  }
}

function read(path: string): { readonly highest: number; readonly endedWell: boolean } {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return { highest: 0, endedWell: true }
    if (errnoOf(error) === 'EISDIR') return begin(path)
    throw storageError(error, path)
  }
  const [, first, second, word] = /^(\d{1,16}) (\d{1,16}) (open|ended)\n$/.exec(text) ?? []
  const highest = Number(first)
  if (first === undefined || first !== second || !Number.isSafeInteger(highest)) return begin(path)
  return { highest, endedWell: word === 'ended' }
}

function begin(path: string): { readonly highest: number; readonly endedWell: boolean } {
  try {
    setAside(path)
  } catch (error) {
    throw storageError(error, path)
  }
  return { highest: 0, endedWell: false }
}
