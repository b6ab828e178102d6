import { type Database, openDatabase as open } from '@wrale/host'
import { migrations } from './migrations.ts'

export type { Database } from '@wrale/host'

/**
 * Opens or makes the station's private store. A damaged one is set aside and a new one begun, so that the station starts all the same.
 * @throws FleetError STATE_DIR_FORBIDDEN, STORAGE_FULL
 */
export function openDatabase(file: string): Database {
  // Nothing here is worth a flush for each write: members, records and keys are elsewhere.
  return open(file, { migrations, synchronous: 'NORMAL' })
}
