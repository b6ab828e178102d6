import { readFile } from 'node:fs/promises'
import { FleetError } from '@wrale/kernel'
import { decodeIdentity, encodeIdentity, generateIdentity, type Identity } from '@wrale/protocol/signing'
import { writeFileAtomic } from './atomic-file.ts'
import { errnoOf, storageError } from './storage-error.ts'

/**
 * The key in `file` (mode 0600), made and written the first time. A damaged key file is an error and is left as it is: an
 * identity is never replaced without a person's word.
 * @throws FleetError STATE_DAMAGED, STATE_DIR_FORBIDDEN, STORAGE_FULL
 */
export async function loadOrCreateIdentity(file: string): Promise<Identity> {
  const existing = await loadIdentity(file)
  if (existing !== undefined) return existing
  const identity = await generateIdentity()
  await writeFileAtomic(file, encodeIdentity(identity), { mode: 0o600 })
  return identity
}

/** The key in `file`, or undefined where there is no such file. */
export async function loadIdentity(file: string): Promise<Identity | undefined> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(file)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw storageError(error, file)
  }
  try {
    return decodeIdentity(bytes)
  } catch (error) {
    throw new FleetError('STATE_DAMAGED', `the key file ${file} is damaged`, { path: file }, { cause: error })
  }
}
