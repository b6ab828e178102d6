import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DatabaseSchema, openDatabase } from './database.ts'
import { sequenceFile } from './sequence-file.ts'
import { setAside } from './set-aside.ts'

let folder = ''
let file = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wrale-database-'))
  file = join(folder, 'a.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const schema: DatabaseSchema = { migrations: ['CREATE TABLE word (text TEXT)'], synchronous: 'FULL' }

function fill(text: string): void {
  const database = openDatabase(file, schema)
  database.write(() => {
    for (let line = 0; line < 500; line++) database.prepare('INSERT INTO word VALUES (?)').run(`${text} ${line}`)
  })
  database.close()
}

function alter(sql: string): void {
  const database = new DatabaseSync(file)
  database.exec(sql)
  database.close()
}

function count(): number {
  const database = openDatabase(file, schema)
  const { n } = database.prepare('SELECT count(*) AS n FROM word').get() ?? {}
  database.close()
  return Number(n)
}

describe('openDatabase', () => {
  it('keeps what was written, in files that only their owner can read', () => {
    fill('a')
    expect(count()).toBe(500)
    expect(readdirSync(folder)).toEqual(['a.db'])
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('is held by one process alone', () => {
    const first = openDatabase(file, schema)
    const second = new DatabaseSync(file, { timeout: 0 })
    expect(() => second.prepare('SELECT * FROM word').all()).toThrow('locked')
    second.close()
    expect(() => openDatabase(file, schema)).toThrow(expect.objectContaining({ code: 'STATE_DIR_IN_USE' }))
    first.close()
  })

  it.each([
    ['garbage', () => writeFileSync(file, 'no database '.repeat(1000))],
    ['cut off', () => truncateSync(file, 5000)],
    ['of a later version', () => alter('PRAGMA user_version = 2')],
    ['a folder', () => (rmSync(file), mkdirSync(file))],
    ['beside a log that is a folder', () => mkdirSync(`${file}-wal`)],
    ['not of the tables of its version', () => alter('PRAGMA user_version = 0')],
  ])('sets a file aside that is %s, and begins anew', (_what, spoil) => {
    fill('a')
    spoil()
    const database = openDatabase(file, schema)
    expect(database.damaged).toBe(`${file}.damaged-1`)
    expect(database.prepare('SELECT count(*) AS n FROM word').get()).toEqual({ n: 0 })
    database.close()
    expect(openDatabase(file, schema).damaged).toBeUndefined()
  })

  it('sets a file aside whose content its own check refuses', () => {
    fill('a')
    const refuse = (): never => {
      throw new Error('odd')
    }
    // A check that never passes is a mistake of ours, and is said as such.
    expect(() => openDatabase(file, { ...schema, check: refuse })).toThrow(
      expect.objectContaining({ code: 'STATE_DAMAGED' }),
    )
    expect(readdirSync(folder)).toContain('a.db.damaged-1')
  })

  it('says with a code where it cannot be', () => {
    expect(() => openDatabase(join(folder, 'missing', 'a.db'), schema)).toThrow(
      expect.objectContaining({ code: 'STATE_DIR_FORBIDDEN' }),
    )
  })

  it('takes back what fails, and says what the caller threw', () => {
    const database = openDatabase(file, schema)
    const work = (): never => {
      database.exec("INSERT INTO word VALUES ('half')")
      throw new Error('in the middle')
    }
    expect(() => database.write(work)).toThrow('in the middle')
    database.close()
    expect(count()).toBe(0)
  })
})

describe('setAside', () => {
  it('keeps the newest two, with the files that belong to them', () => {
    for (let time = 1; time <= 4; time++) {
      for (const suffix of ['', '-wal']) writeFileSync(file + suffix, String(time))
      expect(setAside(file, ['-wal'])).toBe(`${file}.damaged-${time}`)
    }
    expect(readdirSync(folder).toSorted()).toEqual([
      'a.db.damaged-3',
      'a.db.damaged-3-wal',
      'a.db.damaged-4',
      'a.db.damaged-4-wal',
    ])
  })
})

describe('sequenceFile', () => {
  it('only rises, and knows whether the last life ended', () => {
    const path = join(folder, 'sequence')
    const first = sequenceFile(path)
    expect([first.highest(), first.endedWell]).toEqual([0, true])
    first.raise(1000)
    first.raise(10)
    const killed = sequenceFile(path)
    expect([killed.highest(), killed.endedWell]).toEqual([1000, false])
    first.end()
    const ended = sequenceFile(path)
    expect([ended.highest(), ended.endedWell]).toEqual([1000, true])
    ended.raise(2000)
    const third = sequenceFile(path)
    expect([third.highest(), third.endedWell]).toEqual([2000, false])
  })

  it('writes in place, in files of one size, and loses no more than the number that was being written', () => {
    const path = join(folder, 'sequence')
    const sequence = sequenceFile(path)
    sequence.raise(1000)
    const { ino, size } = statSync(path)
    for (let number = 2000; number < 20_000; number += 1000) {
      sequence.raise(number)
      expect(statSync(path)).toMatchObject({ ino, size })
      const whole = readFileSync(path)
      for (let half = 0; half < 2; half++) {
        const torn = Uint8Array.from(whole).fill(0, half * 40 + 20, half * 40 + 40)
        writeFileSync(path, torn)
        const found = sequenceFile(path)
        expect([number, number - 1000]).toContain(found.highest())
        expect(found.endedWell).toBe(false)
      }
      writeFileSync(path, whole)
    }
    expect(readdirSync(folder)).toEqual(['sequence'])
  })

  it.each(['', '1000', '0000000000001000 0000000000001001 ended\n', '9999999999999999 9999999999999999 ended\n', 'x'])(
    'does not believe %j, and sets it aside',
    (text) => {
      const path = join(folder, 'sequence')
      writeFileSync(path, text)
      const found = sequenceFile(path)
      expect([found.highest(), found.endedWell]).toEqual([0, false])
      found.raise(5)
      expect(readdirSync(folder).toSorted()).toEqual(['sequence', 'sequence.damaged-1'])
    },
  )
})
