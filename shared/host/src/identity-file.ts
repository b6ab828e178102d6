import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { FleetError } from '@wrale/kernel'
import { decodeIdentity, encodeIdentity, generateIdentity, type Identity } from '@wrale/protocol/signing'
import { writeFileAtomic } from './atomic-file.ts'
import { errnoOf, storageError } from './storage-error.ts'

/**
 * The key in `file` (mode 0600), made and written the first time. A damaged key file is an error and is left as it is: an
 * identity is never replaced without a person's word.
 * @param usedBy files that only an identity can have brought about: where one is there, a missing key is lost, not yet to be made
 * @throws FleetError STATE_DAMAGED, STATE_DIR_FORBIDDEN, STORAGE_FULL
 */
export async function loadOrCreateIdentity(file: string, usedBy: readonly string[] = []): Promise<Identity> {
  const existing = await loadIdentity(file)
  if (existing !== undefined) return existing
  const left = usedBy.find((path) => existsSync(path))
  if (left !== undefined) {
    throw new FleetError('STATE_DAMAGED', `the key file ${file} is missing, but ${left} belongs to one`, { path: file })
  }
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
    if (errnoOf(error) === 'EISDIR') throw damaged(file, error)
    throw storageError(error, file)
  }
  let identity: Identity
  try {
    identity = decodeIdentity(bytes)
  } catch (error) {
    throw damaged(file, error)
  }
  if (!(await agrees(identity))) throw damaged(file, undefined)
  return identity
}

/** Both halves of a key are in the file. Where they do not belong together, the id would be another, or nothing that is signed would hold. */
async function agrees({ privateKey }: Identity): Promise<boolean> {
  const probe = new TextEncoder().encode('wrale key file')
  return privateKey.publicKey.verify(probe, await privateKey.sign(probe))
}

function damaged(file: string, cause: unknown): FleetError {
  return new FleetError(
    'STATE_DAMAGED',
    `the key file ${file} is damaged`,
    { path: file },
    cause === undefined ? undefined : { cause },
  )
}
