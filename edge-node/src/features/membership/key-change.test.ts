import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadIdentity, loadOrCreateIdentity } from '@wrale/host'
import type { Membership } from '@wrale/mesh'
import type { FleetId, PeerIdText } from '@wrale/protocol'
import { generateIdentity, type Identity, issueCertificate } from '@wrale/protocol/signing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { KeyChange, keyChangeFiles, nextIdentityFile } from './key-change.ts'
import { MembershipStore } from './store.ts'

const identityFile = 'identity.key'
let folder: string
let root: Identity
let old: Identity

const directory = { file: (name: string) => join(folder, name) }
const change = (): KeyChange => new KeyChange(directory, identityFile)

async function membership(subject: PeerIdText): Promise<Membership> {
  const fleet = root.id as string as FleetId
  const content = { fleet, fleetName: 'Test', subject, role: 'node' as const, name: 'roof-1' }
  return { fleet, certificate: await issueCertificate({ ...content, serial: new Uint8Array(16), notBefore: 0 }, root) }
}

/** Whose key and membership the node has, and what is left of a change. */
async function picture(): Promise<unknown> {
  const id = (await loadIdentity(directory.file(identityFile)))?.id
  const held = id === undefined ? undefined : (await new MembershipStore(directory).load(id)).membership
  return {
    id,
    member: held?.certificate.subject,
    left: keyChangeFiles.filter((name) => existsSync(directory.file(name))),
  }
}

const all = (identity: Identity): unknown => ({ id: identity.id, member: identity.id, left: [] })

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wrale-keys-'))
  root = await generateIdentity()
  old = await loadOrCreateIdentity(directory.file(identityFile))
  await new MembershipStore(directory).save(await membership(old.id))
})

afterEach(() => rmSync(folder, { recursive: true }))

it('changes nothing until the fleet gave the new key its place, and asks with the same key again', async () => {
  const next = await change().nextIdentity()
  expect(next.id).not.toBe(old.id)
  await change().finish()
  expect((await loadIdentity(directory.file(identityFile)))?.id).toBe(old.id)
  expect((await change().nextIdentity()).id).toBe(next.id)
})

it('takes the new key and its membership', async () => {
  const next = await change().nextIdentity()
  await change().take(await membership(next.id))
  expect(await picture()).toEqual(all(next))
})

it('is carried through when it was interrupted, wherever that was', async () => {
  // After the membership was kept and before the key was replaced.
  const next = await change().nextIdentity()
  const aside = new MembershipStore({
    file: (name) => directory.file(name.startsWith('membership') ? 'membership.next.json' : name),
  })
  await aside.save(await membership(next.id))
  await change().finish()
  expect(await picture()).toEqual(all(next))

  // After the key was replaced and before the membership was.
  const third = await loadOrCreateIdentity(directory.file(nextIdentityFile))
  await aside.save(await membership(third.id))
  rmSync(directory.file(identityFile))
  renameSync(directory.file(nextIdentityFile), directory.file(identityFile))
  await change().finish()
  expect(await picture()).toEqual(all(third))
})
