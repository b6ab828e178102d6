import { lstatSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

type Random = () => number
type Spoil = (file: string, random: Random) => void

export interface Damage {
  readonly name: string
  /** Done to a state folder that no process holds. */
  readonly apply: (folder: string, random: Random) => void
}

/** What failing cards and well-meaning people do to a file. */
const spoils: Readonly<Record<string, Spoil>> = {
  'a few bytes altered': (file, random) => alter(file, random, 1 + Math.floor(random() * 20)),
  'many bytes altered': (file, random) => alter(file, random, 500),
  'cut off': (file, random) => truncateSync(file, Math.floor(random() * readFileSync(file).length)),
  empty: (file) => truncateSync(file, 0),
  missing: (file) => rmSync(file),
  'a folder in its place': (file) => {
    rmSync(file)
    mkdirSync(join(file, 'inside'), { recursive: true })
  },
  garbage: (file, random) =>
    writeFileSync(
      file,
      Uint8Array.from({ length: 9000 }, () => random() * 256),
    ),
}

function alter(file: string, random: Random, count: number): void {
  const bytes = readFileSync(file)
  for (let index = 0; index < count; index++) {
    const at = Math.floor(random() * bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ (1 + Math.floor(random() * 255))
  }
  writeFileSync(file, bytes)
}

/** Files that are spoilt, and how often in each way. */
const victims: ReadonlyArray<readonly [name: string, times: number]> = [
  ['records.sqlite', 4],
  ['records.sqlite-wal', 3],
  ['records.sequence', 1],
  ['settings.json', 1],
  ['lock.sqlite', 1],
]

const spoilt: readonly Damage[] = victims.flatMap(([victim, times]) =>
  Object.entries(spoils).flatMap(([how, spoil]) =>
    Array.from({ length: times }, () => ({
      name: `${victim} ${how}`,
      apply: (folder: string, random: Random) => {
        const file = join(folder, victim)
        // The log is there only after a kill, and the lock file may be empty.
        if ((lstatSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0 || how === 'garbage') spoil(file, random)
      },
    })),
  ),
)

export const damages: readonly Damage[] = [
  ...spoilt,
  {
    name: 'records.sqlite of a version from the future',
    apply: (folder) => withDatabase(folder, 'PRAGMA user_version = 99'),
  },
  { name: 'records.sqlite with a table missing', apply: (folder) => withDatabase(folder, 'DROP TABLE mark') },
  {
    name: 'records.sqlite emptied by somebody',
    apply: (folder) => withDatabase(folder, 'DELETE FROM record; DELETE FROM mark'),
  },
]

function withDatabase(folder: string, sql: string): void {
  const database = new DatabaseSync(join(folder, 'records.sqlite'))
  database.exec(sql)
  database.close()
}
