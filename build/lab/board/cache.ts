import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * A folder that is made once of what it is named for, whole or not at all. Folders of other inputs are removed when a new one is made, so
 * that the cache holds one of each kind.
 * @param inputs everything that the result depends on
 * @param make fills the empty folder that it is given
 */
export async function cached(
  root: string,
  kind: string,
  inputs: readonly string[],
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const digest = createHash('sha256')
    .update(JSON.stringify([kind, ...inputs]))
    .digest('hex')
  const name = `${kind}-${digest.slice(0, 16)}`
  const folder = join(root, name)
  if (existsSync(folder)) return folder
  const draft = join(root, `${name}.draft-${process.pid}`)
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { recursive: true })
  try {
    await make(draft)
    await rename(draft, folder).catch((error: unknown) => {
      // Another process was faster, and made the same.
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  for (const other of await readdir(root)) {
    if (isOlder(other, kind, name)) await rm(join(root, other), { recursive: true, force: true })
  }
  return folder
}

/** Drafts are not: another process may be at work on one. */
function isOlder(entry: string, kind: string, current: string): boolean {
  return entry !== current && entry.length === current.length && entry.startsWith(`${kind}-`)
}
