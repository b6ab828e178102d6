import { lstatSync } from 'node:fs'
import { access, chmod, constants, mkdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { FleetError, type FleetErrorCode } from '@wrale/kernel'
import { removeTemporaryFiles } from './atomic-file.ts'
import { setAside } from './set-aside.ts'
import { errnoOf, storageError } from './storage-error.ts'

/** The folder in which one process keeps what must survive it. Held by one process at a time. */
export interface StateDirectory {
  /** Absolute path. */
  readonly path: string
  /** Absolute path of a file in it. */
  file(name: string): string
  /** Lets another process have it. Idempotent. */
  release(): Promise<void>
}

const lockFile = 'lock.sqlite'

/**
 * Creates the folder (mode 0700) where it is not there yet, takes it for this process, and removes what a killed process left half written.
 * @throws FleetError STATE_DIR_FORBIDDEN or STORAGE_FULL when it cannot be written, STATE_DIR_IN_USE when another process has it
 */
export async function openStateDirectory(path: string): Promise<StateDirectory> {
  const absolute = resolve(path)
  try {
    await makeFolder(absolute)
    if (!(await stat(absolute)).isDirectory()) {
      throw new FleetError('STATE_DIR_FORBIDDEN', `${absolute} is not a folder`, { path: absolute })
    }
    await access(absolute, constants.R_OK | constants.W_OK | constants.X_OK)
    await chmod(absolute, 0o700)
  } catch (error) {
    if (error instanceof FleetError) throw error
    throw forbidden(error, absolute)
  }
  const lock = takeLockAnew(absolute)
  try {
    removeTemporaryFiles(absolute)
  } catch (error) {
    lock.close()
    throw forbidden(error, absolute)
  }
  return {
    path: absolute,
    file: (name) => join(absolute, name),
    async release() {
      if (lock.isOpen) lock.close()
    },
  }
}

/** Makes the folder and those above it. Node's own recursive form never returns where a parent exists but refuses (as /proc does). */
async function makeFolder(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (found !== undefined) return
  await makeFolder(dirname(path))
  await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    // Another process may have made it in between; whether it is a folder is checked afterwards.
    if (errnoOf(error) !== 'EEXIST') throw error
  })
}

/** True when some process has the folder now; false when none has, or when there is no such folder. */
export async function isStateDirectoryInUse(path: string): Promise<boolean> {
  const exists = await access(join(path, lockFile)).then(
    () => true,
    () => false,
  )
  if (!exists) return false
  try {
    takeLock(resolve(path)).close()
    return false
  } catch (error) {
    if (error instanceof FleetError && error.code === 'STATE_DIR_IN_USE') return true
    throw error
  }
}

/**
 * Takes the lock also where its file is damaged: nothing of value is in it. Who holds the lock reads none of it, so a file that can be read
 * and is damaged is nobody's.
 */
function takeLockAnew(folder: string): DatabaseSync {
  try {
    return takeLock(folder)
  } catch (error) {
    if (!(error instanceof FleetError) || error.code !== 'STATE_DAMAGED') throw error
    try {
      setAside(join(folder, lockFile), ['-journal'])
    } catch (failure) {
      throw forbidden(failure, folder)
    }
    return takeLock(folder)
  }
}

/**
 * An exclusive SQLite transaction that stays open: the lock is the kernel's, so it goes with the process however the process ends,
 * and no stale pid file can keep a node from starting after a power cut.
 */
function takeLock(folder: string): DatabaseSync {
  const path = join(folder, lockFile)
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(path, { timeout: 0 })
    lock.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock?.close()
    const text = error instanceof Error ? error.message : String(error)
    if (/locked|busy/i.test(text)) {
      throw new FleetError(
        'STATE_DIR_IN_USE',
        `${folder} is in use by another process`,
        { path: folder },
        { cause: error },
      )
    }
    throw new FleetError(lockFailure(text, path), `cannot lock ${folder}: ${text}`, { path: folder }, { cause: error })
  }
}

function lockFailure(text: string, path: string): FleetErrorCode {
  if (/disk is full/i.test(text)) return 'STORAGE_FULL'
  const isFolder = lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  return isFolder || /not a database|malformed/i.test(text) ? 'STATE_DAMAGED' : 'STATE_DIR_FORBIDDEN'
}

function forbidden(error: unknown, path: string): FleetError {
  const known = storageError(error, path)
  if (known.code !== 'INTERNAL') return known
  return new FleetError(
    'STATE_DIR_FORBIDDEN',
    `cannot use ${path} (${errnoOf(error) ?? known.message})`,
    { path },
    { cause: error },
  )
}
