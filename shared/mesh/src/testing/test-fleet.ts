import type { FleetId, MemberRole, PeerIdText } from '@wrale/protocol'
import { generateIdentity, issueCertificate } from '@wrale/protocol/signing'
import type { Membership } from '../types.ts'

/** A fleet's root, for tests. */
export interface TestFleet {
  readonly id: FleetId
  admit(subject: PeerIdText, role: MemberRole, name: string): Promise<Membership>
}

export async function testFleet(): Promise<TestFleet> {
  const root = await generateIdentity()
  const id = root.id as string as FleetId
  return {
    id,
    async admit(subject, role, name) {
      const serial = crypto.getRandomValues(new Uint8Array(16))
      const certificate = await issueCertificate(
        { fleet: id, fleetName: 'Test', subject, role, name, serial, notBefore: 0 },
        root,
      )
      return { fleet: id, certificate }
    },
  }
}
