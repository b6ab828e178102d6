import { type Logger, silentLogger } from '@wrale/kernel'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openDatabase } from '../../store/database.ts'
import { idOf } from '../../testing/ids.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { sqliteStateMemory } from './state-memory.ts'

it('remembers states over a restart of the store', () => {
  const file = join(temporaryFolder(), 'station.db')
  const first = openDatabase(file)
  sqliteStateMemory(first, silentLogger).remember(idOf(1), 'lost', 1234.4)
  first.close()
  const second = openDatabase(file)
  const memory = sqliteStateMemory(second, silentLogger)
  expect(memory.recall(idOf(1))).toEqual({ state: 'lost', sinceWallMs: 1234 })
  expect(memory.recall(idOf(2))).toBeUndefined()
  second.close()
})

it('goes on without a store, and says so once', () => {
  const database = openDatabase(join(temporaryFolder(), 'station.db'))
  const errors: string[] = []
  const logger: Logger = { ...silentLogger, error: (message) => void errors.push(message) }
  const memory = sqliteStateMemory(database, logger)
  database.close()
  memory.remember(idOf(1), 'ok', 1)
  expect(memory.recall(idOf(1))).toBeUndefined()
  expect(errors).toEqual(['states of nodes cannot be remembered'])
})
