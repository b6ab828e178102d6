import { randomBytes } from 'node:crypto'
import { loadIdentity, loadOrCreateIdentity, type StateDirectory, writeFileAtomic } from '@wrale/host'
import { type Clock, FleetError } from '@wrale/kernel'
import type { Membership } from '@wrale/mesh'
import { type FleetId, fleetIdSchema, type MemberRole, type PeerIdText } from '@wrale/protocol'
import { adminGrant } from '@wrale/protocol/membership'
import { type Certificate, encodeIdentity, type Identity, isAdmin, issueCertificate } from '@wrale/protocol/signing'
import { readFleetFile, rootKeyFile, writeFleetFile } from './fleet-file.ts'

/** A member to be. */
export interface Candidate {
  readonly subject: PeerIdText
  readonly role: MemberRole
  readonly name: string
  /** Fleet time, ms since the Unix epoch, when the certificate ends. Default: never. */
  readonly notAfter?: number | undefined
  /** Certificate that the new one takes the place of. */
  readonly instead?: Pick<Certificate, 'notBefore'> | undefined
}

/** The fleet that this station belongs to, and the power to sign members into it. */
export interface Fleet {
  readonly id: FleetId
  readonly name: string
  readonly membership: Membership
  /** @throws FleetError UNAVAILABLE when the root key is not on this station */
  rootKey(): Identity
  /** @throws FleetError UNAVAILABLE when this station may not sign */
  checkMayCertify(): void
  /**
   * Signs with the root key where it is, else with this station's own key if it may. A station becomes one that may sign, too, when the root key
   * signs: the chain would be too long otherwise.
   * @throws FleetError UNAVAILABLE when this station may not sign
   */
  certify(candidate: Candidate): Promise<Certificate>
  /** What a member calls the fleet. Taken over by a station that brought the fleet back with the recovery kit, which does not tell. */
  learnName(name: string): Promise<void>
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
  const stored = await readFleetFile(deps.directory, deps.identity.id)
  if (stored === undefined) return undefined
  const root = await loadIdentity(deps.directory.file(rootKeyFile))
  return new StationFleet(deps, stored.membership, root, stored.nameless)
}

/** Founds a fleet: its root key (mode 0600), then this station's certificate. A founding that was interrupted is taken up again. */
export async function createFleet(deps: FleetDeps, name: string, stationName: string): Promise<Fleet> {
  const root = await loadOrCreateIdentity(deps.directory.file(rootKeyFile))
  return signSelf(deps, root, { fleetName: name, name: stationName, nameless: false })
}

/** Takes the place that another station of the fleet granted. */
export async function joinFleet(deps: FleetDeps, membership: Membership): Promise<Fleet> {
  await writeFleetFile(deps.directory, { membership, nameless: false })
  return new StationFleet(deps, membership, undefined, false)
}

/**
 * Brings a fleet back with its root key: this station signs itself in.
 * @param fleetName what the fleet is called; undefined: the members will tell
 */
export async function recoverFleet(
  deps: FleetDeps,
  root: Identity,
  names: { readonly fleetName: string | undefined; readonly name: string },
): Promise<Fleet> {
  await writeFileAtomic(deps.directory.file(rootKeyFile), encodeIdentity(root), { mode: 0o600 })
  const nameless = names.fleetName === undefined
  return signSelf(deps, root, { fleetName: names.fleetName ?? 'Recovered fleet', name: names.name, nameless })
}

/** Gives this station another name. @throws FleetError UNAVAILABLE without the root key */
export async function renameStation(deps: FleetDeps, fleet: Fleet, stationName: string): Promise<Fleet> {
  const { certificate } = fleet.membership
  return signSelf(deps, fleet.rootKey(), {
    fleetName: fleet.name,
    name: stationName,
    nameless: false,
    instead: certificate,
  })
}

interface OwnNames {
  readonly fleetName: string
  readonly name: string
  readonly nameless: boolean
  readonly instead?: Pick<Certificate, 'notBefore'>
}

async function signSelf(deps: FleetDeps, root: Identity, { nameless, ...names }: OwnNames): Promise<Fleet> {
  const { directory, identity, clock } = deps
  const fleet = fleetIdSchema.parse(root.id)
  const self = { subject: identity.id, role: 'station', ...names } as const
  const certificate = await issue(clock, fleet, self, root)
  const membership = { fleet, certificate }
  await writeFleetFile(directory, { membership, nameless })
  return new StationFleet(deps, membership, root, nameless)
}

class StationFleet implements Fleet {
  readonly id: FleetId
  readonly membership: Membership
  readonly #deps: FleetDeps
  readonly #root: Identity | undefined
  #name: string
  #nameless: boolean

  constructor(deps: FleetDeps, membership: Membership, root: Identity | undefined, nameless: boolean) {
    this.#deps = deps
    this.id = membership.fleet
    this.membership = membership
    this.#root = root
    this.#name = membership.certificate.fleetName
    this.#nameless = nameless
  }

  get name(): string {
    return this.#name
  }

  rootKey(): Identity {
    if (this.#root === undefined)
      throw new FleetError('UNAVAILABLE', 'the fleet’s root key is not on this station: ask the one that has it')
    return this.#root
  }

  checkMayCertify(): void {
    if (this.#root === undefined && !isAdmin(this.membership.certificate))
      throw new FleetError('UNAVAILABLE', 'this station may not take members in: ask one that may')
  }

  async certify(candidate: Candidate): Promise<Certificate> {
    this.checkMayCertify()
    const { clock, identity } = this.#deps
    const names = { ...candidate, fleetName: this.#name }
    return this.#root === undefined
      ? issue(clock, this.id, names, identity, this.membership.certificate)
      : issue(clock, this.id, names, this.#root)
  }

  async learnName(name: string): Promise<void> {
    if (!this.#nameless || this.#root === undefined) return
    this.#nameless = false
    this.#name = name
    const { certificate } = this.membership
    // The certificate in use says the old name until the next start; nothing depends on it.
    await signSelf(this.#deps, this.#root, {
      fleetName: name,
      name: certificate.name,
      nameless: false,
      instead: certificate,
    })
  }
}

/** Later than the one that it takes the place of, whatever the clock says: members keep the latest. */
function issue(
  clock: Clock,
  fleet: FleetId,
  { instead, notAfter, ...member }: Candidate & { readonly fleetName: string },
  signer: Identity,
  issuer?: Certificate,
): Promise<Certificate> {
  return issueCertificate(
    {
      ...member,
      fleet,
      serial: Uint8Array.from(randomBytes(16)),
      notBefore: Math.max(0, Math.round(clock.wallMs()), (instead?.notBefore ?? -1) + 1),
      ...(notAfter === undefined ? {} : { notAfter: Math.round(notAfter) }),
      ...(issuer === undefined && member.role === 'station' ? { grants: [adminGrant] } : {}),
    },
    signer,
    issuer,
  )
}
