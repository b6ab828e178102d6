import { open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { storageError } from './storage-error.ts'

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
  const folder = dirname(path)
  const temporary = join(folder, `.${randomUUID()}.tmp`)
  try {
    const file = await open(temporary, 'wx', options.mode)
    try {
      await file.writeFile(data)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(folder)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw storageError(error, path)
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
