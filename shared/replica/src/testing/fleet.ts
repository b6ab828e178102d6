import type { Clock } from '@wrale/kernel'
import { silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import type { FleetId, PeerIdText } from '@wrale/protocol'
import type { InventoryBody, StatusBody } from '@wrale/protocol/records'
import { type Certificate, generateIdentity, type Identity, issueCertificate } from '@wrale/protocol/signing'
import { MemberDirectory } from '../member-directory.ts'
import { Replica, type ReplicaOptions } from '../replica.ts'
import { memoryStorage } from '../storage/memory.ts'
import type { ReplicaStorage } from '../storage/storage.ts'

/** A fleet with its root key, for tests. */
export class TestFleet {
  readonly root: Identity
  readonly id: FleetId

  private constructor(root: Identity) {
    this.root = root
    this.id = root.id as string as FleetId
  }

  static async create(): Promise<TestFleet> {
    return new TestFleet(await generateIdentity())
  }

  certify(subject: PeerIdText, name: string): Promise<Certificate> {
    return issueCertificate(
      {
        fleet: this.id,
        fleetName: 'Test fleet',
        subject,
        role: 'node',
        name,
        serial: new Uint8Array(16),
        notBefore: 0,
      },
      this.root,
    )
  }

  async member(
    name: string,
    parts: { storage?: ReplicaStorage; clock?: Clock; identity?: Identity; options?: ReplicaOptions } = {},
  ) {
    const identity = parts.identity ?? (await generateIdentity())
    const directory = new MemberDirectory(this.id)
    const certificate = await this.certify(identity.id, name)
    await directory.admit(certificate.sealed, identity.id)
    const clock = parts.clock ?? new VirtualClock()
    const storage = parts.storage ?? memoryStorage()
    const replica = new Replica({ identity, clock, storage, directory, logger: silentLogger }, parts.options)
    return { identity, directory, certificate, replica, storage, clock }
  }
}

export function statusBody(name: string, temperatureCelsius: number): StatusBody {
  return { name, intervalMs: 5000, state: 'ok', reasons: [], readings: { temperatureCelsius }, links: [] }
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
