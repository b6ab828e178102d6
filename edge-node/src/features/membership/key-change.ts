import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { FleetError } from '@wrale/kernel'
import { loadIdentity, loadOrCreateIdentity, type StateDirectory } from '@wrale/host'
import type { Membership } from '@wrale/mesh'
import type { Identity } from '@wrale/protocol/signing'
import { membershipCopyFile, membershipFile, MembershipStore } from './store.ts'

/** The key that is to take the place of the one in use, until it has. */
export const nextIdentityFile = 'identity.next.key'
/** What the fleet gave for it. With this file the change is decided, and is carried through by whoever comes next. */
const nextMembershipFile = 'membership.next.json'

/**
 * A node's change of keys, in steps that can each be interrupted: the new key is kept before it is shown to anybody, so that an answer that was
 * lost can be asked for again; the new membership is kept before anything is replaced.
 */
export class KeyChange {
  readonly #directory: Pick<StateDirectory, 'file'>
  readonly #identityFile: string

  /** @param identityFile name of the key file that is in use */
  constructor(directory: Pick<StateDirectory, 'file'>, identityFile: string) {
    this.#directory = directory
    this.#identityFile = identityFile
  }

  /** The new key, the same until the change is through. */
  nextIdentity(): Promise<Identity> {
    return loadOrCreateIdentity(this.#directory.file(nextIdentityFile))
  }

  /** The fleet gave the new key its place: takes it. */
  async take(membership: Membership): Promise<void> {
    await this.#next().save(membership)
    await this.finish()
  }

  /** Carries through a change that was decided and then interrupted. Does nothing when there is none. */
  async finish(): Promise<void> {
    const file = (name: string): string => this.#directory.file(name)
    if (!existsSync(file(nextMembershipFile))) return
    const next = await loadIdentity(file(nextIdentityFile))
    // Without the key file the key has been replaced already, and only the membership is left to do.
    const identity = next ?? (await loadIdentity(file(this.#identityFile)))
    const membership = identity === undefined ? undefined : await this.#next().peek(identity.id)
    if (membership === undefined)
      throw new FleetError('STATE_DAMAGED', 'a change of keys was interrupted and cannot be carried through', {
        path: file(nextMembershipFile),
      })
    if (next !== undefined) await rename(file(nextIdentityFile), file(this.#identityFile))
    await new MembershipStore(this.#directory).save(membership)
    await rm(file(nextMembershipFile), { force: true })
  }

  /** Where the new membership waits: the store as always, under other names. */
  #next(): MembershipStore {
    const names: Readonly<Record<string, string>> = {
      [membershipFile]: nextMembershipFile,
      [membershipCopyFile]: nextMembershipFile,
    }
    return new MembershipStore({ file: (name) => this.#directory.file(names[name] ?? name) })
  }
}

/** Every file of a change of keys. */
export const keyChangeFiles: readonly string[] = [nextIdentityFile, nextMembershipFile]
