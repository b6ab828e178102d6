import { chmod, readFile } from 'node:fs/promises'
import { errnoOf, storageError, writeFileAtomic } from '@wrale/host'
import { hashOf, newSecret } from './secrets.ts'

const form = /^[A-Za-z0-9_-]{43}$/

/**
 * The token by which programs of the same machine's same user sign in: kept in `file`, mode 0600, for as long as the file is there.
 * A file whose content no token has is replaced.
 * @returns the hash of the token
 */
export async function openLocalToken(file: string): Promise<Buffer> {
  const existing = await readToken(file)
  if (existing !== undefined) {
    await chmod(file, 0o600)
    return hashOf(existing)
  }
  const token = newSecret()
  await writeFileAtomic(file, `${token}\n`, { mode: 0o600 })
  return hashOf(token)
}

async function readToken(file: string): Promise<string | undefined> {
  try {
    const text = (await readFile(file, 'utf8')).trim()
    return form.test(text) ? text : undefined
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw storageError(error, file)
  }
}
