import { readFile, rm } from 'node:fs/promises'
import { FleetError } from '@wrale/kernel'
import { errnoOf, setAside, type StateDirectory, storageError, writeFileAtomic } from '@wrale/host'
import type { Membership } from '@wrale/mesh'
import { fleetIdSchema, type PeerIdText } from '@wrale/protocol'
import { decodeJoinToken, type JoinToken } from '@wrale/protocol/membership'
import { verifyCertificate } from '@wrale/protocol/signing'
import { z } from 'zod'

export const membershipFile = 'membership.json'
/** For the day on which the other is damaged: nothing but a new claim would bring it back. */
export const membershipCopyFile = 'membership.copy.json'
export const joinTokenFile = 'join-token'

const storedSchema = z.object({ fleet: fleetIdSchema, certificate: z.base64().max(4096) })

export interface LoadedMembership {
  readonly membership: Membership | undefined
  /** Where a damaged file was put aside, if there was one. */
  readonly damaged: string | undefined
}

/** What a node keeps of its place in a fleet: its certificate, and a join token that it has not used up yet. Files of mode 0600. */
export class MembershipStore {
  readonly #directory: Pick<StateDirectory, 'file'>

  constructor(directory: Pick<StateDirectory, 'file'>) {
    this.#directory = directory
  }

  /**
   * The membership of this identity. A file that is damaged, or is another identity's, is set aside, and its copy takes its place.
   * @throws FleetError STATE_DIR_FORBIDDEN when the file cannot be read
   */
  async load(self: PeerIdText): Promise<LoadedMembership> {
    try {
      return { membership: await this.peek(self), damaged: undefined }
    } catch (error) {
      if (!(error instanceof FleetError) || error.code !== 'STATE_DAMAGED') throw error
      const damaged = setAside(this.#directory.file(membershipFile))
      const membership = await this.#read(membershipCopyFile, self).catch(() => undefined)
      if (membership !== undefined) await this.save(membership)
      return { membership, damaged }
    }
  }

  /** As `load`, but changes nothing. @throws FleetError STATE_DAMAGED, STATE_DIR_FORBIDDEN */
  peek(self: PeerIdText): Promise<Membership | undefined> {
    return this.#read(membershipFile, self)
  }

  async #read(name: string, self: PeerIdText): Promise<Membership | undefined> {
    const file = this.#directory.file(name)
    const text = await readOptional(file)
    if (text === undefined) return undefined
    try {
      const { fleet, certificate } = storedSchema.parse(JSON.parse(text))
      const sealed = Uint8Array.from(Buffer.from(certificate, 'base64'))
      return { fleet, certificate: await verifyCertificate(sealed, { fleet, subject: self }) }
    } catch (error) {
      throw new FleetError(
        'STATE_DAMAGED',
        `${file} does not hold a membership of this node`,
        { path: file },
        { cause: error },
      )
    }
  }

  async save({ fleet, certificate }: Membership): Promise<void> {
    const stored = { fleet, certificate: Buffer.from(certificate.sealed).toString('base64') }
    // The copy first: where only it was written, the node is no member yet, and it is written again.
    for (const name of [membershipCopyFile, membershipFile])
      await writeFileAtomic(this.#directory.file(name), `${JSON.stringify(stored)}\n`, { mode: 0o600 })
  }

  /** The token that is to be used, if there is one. @throws FleetError TOKEN_INVALID when the file holds something else */
  async pendingToken(): Promise<JoinToken | undefined> {
    const text = await readOptional(this.#directory.file(joinTokenFile))
    return text === undefined ? undefined : decodeJoinToken(text)
  }

  /** @param text as the station gave it */
  async keepToken(text: string): Promise<void> {
    await writeFileAtomic(this.#directory.file(joinTokenFile), `${text.trim()}\n`, { mode: 0o600 })
  }

  async dropToken(): Promise<void> {
    await rm(this.#directory.file(joinTokenFile), { force: true })
  }
}

/** @returns nothing where there is no such file; no text where there is something else */
async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    if (errnoOf(error) === 'EISDIR') return ''
    throw storageError(error, file)
  }
}
