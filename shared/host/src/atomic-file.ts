import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { storageError } from './storage-error.ts'

const temporaryName = /^\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/

/**
 * Replaces a file so that a crash or a power cut at any point leaves the old content or the new, never a mixture: written
 * beside it, flushed, renamed over it, and the folder flushed.
 * @param options.mode permissions of the new file, for example 0o600
 * @throws FleetError STORAGE_FULL, STATE_DIR_FORBIDDEN
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  options: { mode: number },
): Promise<void> {
  const temporary = temporaryBeside(path)
  try {
    const file = await open(temporary, 'wx', options.mode)
    try {
      await file.writeFile(data)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw storageError(error, path)
  }
}

/** As `writeFileAtomic`, for what must be on disk before the next statement. */
export function writeFileAtomicSync(path: string, data: string, options: { mode: number }): void {
  const temporary = temporaryBeside(path)
  try {
    const file = openSync(temporary, 'wx', options.mode)
    try {
      writeFileSync(file, data)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
    const folder = openSync(dirname(path), 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  } catch (error) {
    try {
      rmSync(temporary, { force: true })
    } catch {
      // It goes when the folder is opened the next time.
    }
    throw storageError(error, path)
  }
}

/** Removes what atomic writes that were killed left in a folder. For the one process that holds the folder, before it writes there. */
export function removeTemporaryFiles(folder: string): void {
  for (const name of readdirSync(folder)) if (temporaryName.test(name)) rmSync(join(folder, name), { force: true })
}

function temporaryBeside(path: string): string {
  return join(dirname(path), `.${randomUUID()}.tmp`)
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
