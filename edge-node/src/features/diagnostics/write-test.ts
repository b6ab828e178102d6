import { randomBytes } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'

const sizeBytes = 2 ** 20

/**
 * Writes a file of 1 MiB, waits until it is on the medium, reads it back and removes it. What is read may come from the kernel's cache: it
 * finds a storage that refuses or is slow, not one that forgets.
 */
export async function writeTest(
  folder: string,
  signal: AbortSignal,
): Promise<{ readonly bytesPerSecond: number; readonly isEqual: boolean }> {
  const path = join(folder, 'self-test.tmp')
  const data = randomBytes(sizeBytes)
  const file = await open(path, 'w+', 0o600)
  try {
    const startedMs = performance.now()
    await file.write(data, 0, sizeBytes, 0)
    await file.sync()
    const seconds = Math.max(1e-6, (performance.now() - startedMs) / 1000)
    signal.throwIfAborted()
    const { buffer } = await file.read(Buffer.alloc(sizeBytes), 0, sizeBytes, 0)
    return { bytesPerSecond: sizeBytes / seconds, isEqual: data.equals(buffer) }
  } finally {
    await file.close()
    await rm(path, { force: true })
  }
}
