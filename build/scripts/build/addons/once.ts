import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * A folder that is made once, whole or not at all. Where two processes make it at a time, the first one's stays.
 * @param folder its name ends with `-` and what it depends on; folders with the same beginning are of older states and are removed
 * @param make fills the empty folder that it is given
 */
export async function madeOnce(folder: string, make: (draft: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder
  const parent = dirname(folder)
  await mkdir(parent, { recursive: true })
  const draft = await mkdtemp(join(parent, '.draft-'))
  try {
    await make(draft)
    await rename(draft, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  const kind = basename(folder).replace(/[^-]+$/, '')
  const older = (await readdir(parent)).filter(
    (name) => name !== basename(folder) && name.replace(/[^-]+$/, '') === kind,
  )
  await Promise.all(older.map((name) => rm(join(parent, name), { recursive: true, force: true })))
  return folder
}
