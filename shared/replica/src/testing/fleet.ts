import { type Clock, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import type { FleetId, MemberRole, PeerIdText } from '@wrale/protocol'
import type { EventBody, InventoryBody, StatusBody } from '@wrale/protocol/records'
import { type Certificate, generateIdentity, type Identity, issueCertificate } from '@wrale/protocol/signing'
import { MemberDirectory } from '../member-directory.ts'
import { Replica } from '../replica.ts'
import { memoryStorage } from '../storage/memory.ts'
import type { ReplicaStorage } from '../storage/storage.ts'
import type { ReplicaOptions } from '../types.ts'

export interface MemberParts {
  readonly storage?: ReplicaStorage
  readonly clock?: Clock
  readonly identity?: Identity
  readonly role?: MemberRole
  readonly options?: ReplicaOptions
}

export interface TestMember {
  readonly identity: Identity
  readonly certificate: Certificate
  readonly directory: MemberDirectory
  readonly storage: ReplicaStorage
  readonly clock: Clock
  readonly replica: Replica
}

/** A fleet with its root key, for tests. */
export class TestFleet {
  readonly root: Identity
  readonly id: FleetId
  readonly #certificates: Certificate[] = []

  private constructor(root: Identity) {
    this.root = root
    this.id = root.id as string as FleetId
  }

  static async create(): Promise<TestFleet> {
    return new TestFleet(await generateIdentity())
  }

  certify(subject: PeerIdText, name: string, role: MemberRole = 'node'): Promise<Certificate> {
    const serial = new Uint8Array(16)
    return issueCertificate(
      { fleet: this.id, fleetName: 'Test fleet', subject, role, name, serial, notBefore: 0 },
      this.root,
    )
  }

  /** A member that knows every member made before it, with its replica open. */
  async member(name: string, parts: MemberParts = {}): Promise<TestMember> {
    const identity = parts.identity ?? (await generateIdentity())
    const certificate = await this.certify(identity.id, name, parts.role)
    this.#certificates.push(certificate)
    const directory = new MemberDirectory(this.id)
    for (const { sealed, subject } of this.#certificates) await directory.admit(sealed, subject)
    const clock = parts.clock ?? new VirtualClock()
    const storage = parts.storage ?? memoryStorage()
    const replica = new Replica({ identity, clock, storage, directory, logger: silentLogger }, parts.options)
    await replica.open()
    return { identity, certificate, directory, storage, clock, replica }
  }
}

/** Gives `to` everything that `from` has and `to` lacks, as one pull over the network does. @returns how many records that took */
export async function pull(to: TestMember, from: TestMember): Promise<number> {
  const { records, marks } = from.replica.missingFrom(to.replica.digest())
  const refused = new Set<string>()
  for (const { author, sealed, ageMs } of records) {
    if ((await to.replica.receive(sealed, { from: from.identity.id, ageMs })) === 'rejected') refused.add(author)
  }
  to.replica.vouch(Object.fromEntries(Object.entries(marks).filter(([author]) => !refused.has(author))))
  return records.length
}

export function statusBody(temperatureCelsius: number): StatusBody {
  return { intervalMs: 5000, state: 'ok', reasons: [], readings: { temperatureCelsius } }
}

export function eventBody(message: string): EventBody {
  return { name: 'test.event', severity: 'info', message }
}

export function inventoryBody(name: string, certificate: Certificate): InventoryBody {
  return {
    name,
    certificate: certificate.sealed,
    simulated: true,
    software: '0.1.0',
    hardware: { model: 'Test board', architecture: 'arm64', cores: 4, memoryBytes: 2 ** 30 },
    system: { hostname: name, os: 'Debian', kernel: '6.12', node: 'v24' },
    addresses: [],
    parts: [],
  }
}
