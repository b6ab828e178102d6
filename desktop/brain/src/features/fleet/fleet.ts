import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import {
  errnoOf,
  loadIdentity,
  loadOrCreateIdentity,
  type StateDirectory,
  storageError,
  writeFileAtomic,
} from '@wrale/host'
import { type Clock, FleetError } from '@wrale/kernel'
import type { Membership } from '@wrale/mesh'
import { type FleetId, fleetIdSchema, fleetNameSchema, type MemberRole, type PeerIdText } from '@wrale/protocol'
import { type Certificate, type Identity, issueCertificate, verifyCertificate } from '@wrale/protocol/signing'
import { z } from 'zod'

const rootKeyFile = 'fleet-root.key'
const fleetFile = 'fleet.json'

const fleetFileSchema = z.strictObject({
  version: z.literal(1),
  id: fleetIdSchema,
  name: fleetNameSchema,
  /** This station's sealed certificate, base64. */
  certificate: z.base64().max(4096),
})

/** The fleet that this station belongs to, and the power to sign members into it. */
export interface Fleet {
  readonly id: FleetId
  readonly name: string
  readonly membership: Membership
  /** @throws FleetError UNAVAILABLE when the root key is not on this station */
  rootKey(): Identity
  certify(member: {
    readonly subject: PeerIdText
    readonly role: MemberRole
    readonly name: string
  }): Promise<Certificate>
}

export interface FleetDeps {
  readonly directory: Pick<StateDirectory, 'file'>
  readonly identity: Identity
  readonly clock: Clock
}

/**
 * The fleet of the state folder, or undefined when it has none yet.
 * @throws FleetError STATE_DAMAGED: a fleet is never replaced without a person's word
 */
export async function loadFleet(deps: FleetDeps): Promise<Fleet | undefined> {
  const file = deps.directory.file(fleetFile)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw storageError(error, file)
  }
  try {
    const { id, name, certificate: sealed } = fleetFileSchema.parse(JSON.parse(text))
    const certificate = await verifyCertificate(Buffer.from(sealed, 'base64'), { fleet: id, subject: deps.identity.id })
    return fleetOf(name, { fleet: id, certificate }, await loadIdentity(deps.directory.file(rootKeyFile)), deps.clock)
  } catch (error) {
    throw new FleetError('STATE_DAMAGED', `the fleet file ${file} is damaged`, { path: file }, { cause: error })
  }
}

/** Founds a fleet: its root key (mode 0600), then this station's certificate. A founding that was interrupted is taken up again. */
export async function createFleet(deps: FleetDeps, name: string, stationName: string): Promise<Fleet> {
  const root = await loadOrCreateIdentity(deps.directory.file(rootKeyFile))
  return saveMembership(deps, root, name, stationName)
}

/** Gives this station another name. @throws FleetError UNAVAILABLE without the root key */
export async function renameStation(deps: FleetDeps, fleet: Fleet, stationName: string): Promise<Fleet> {
  return saveMembership(deps, fleet.rootKey(), fleet.name, stationName)
}

async function saveMembership(deps: FleetDeps, root: Identity, name: string, stationName: string): Promise<Fleet> {
  const { directory, identity, clock } = deps
  const fleet = fleetIdSchema.parse(root.id)
  const member = { subject: identity.id, role: 'station', name: stationName } as const
  const certificate = await issue(fleet, name, member, root, clock)
  const content = { version: 1, id: fleet, name, certificate: Buffer.from(certificate.sealed).toString('base64') }
  await writeFileAtomic(directory.file(fleetFile), `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 })
  return fleetOf(name, { fleet, certificate }, root, clock)
}

function fleetOf(name: string, membership: Membership, root: Identity | undefined, clock: Clock): Fleet {
  const rootKey = (): Identity => {
    if (root === undefined) throw new FleetError('UNAVAILABLE', 'the fleet’s root key is not on this station')
    return root
  }
  return {
    id: membership.fleet,
    name,
    membership,
    rootKey,
    certify: (member) => issue(membership.fleet, name, member, rootKey(), clock),
  }
}

function issue(
  fleet: FleetId,
  fleetName: string,
  member: { readonly subject: PeerIdText; readonly role: MemberRole; readonly name: string },
  root: Identity,
  clock: Clock,
): Promise<Certificate> {
  const serial = Uint8Array.from(randomBytes(16))
  return issueCertificate(
    { fleet, fleetName, ...member, serial, notBefore: Math.max(0, Math.round(clock.wallMs())) },
    root,
  )
}
