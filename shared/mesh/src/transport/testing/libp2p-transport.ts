import { silentLogger, systemClock } from '@wrale/kernel'
import { generateIdentity } from '@wrale/protocol/signing'
import { Incidents } from '../../incidents.ts'
import type { TestFleet } from '../../testing/test-fleet.ts'
import { defaultTuning } from '../../tuning.ts'
import { LibP2PTransport, type LibP2PTransportDeps, type LibP2PTransportOptions } from '../libp2p/transport.ts'

/** A transport of a new member of the fleet, on loopback. Not started. */
export async function libp2pTransport(
  fleet: TestFleet,
  options: Partial<LibP2PTransportOptions> & { readonly name?: string } = {},
  deps: Partial<LibP2PTransportDeps> = {},
): Promise<LibP2PTransport> {
  const identity = await generateIdentity()
  const membership = await fleet.admit(identity.id, 'node', options.name ?? 'member')
  const incidents = new Incidents(silentLogger, systemClock)
  return new LibP2PTransport(
    { identity, membership, clock: systemClock, incidents, penalise: () => undefined, ...deps },
    { ...defaultTuning, listen: ['/ip4/127.0.0.1/tcp/0'], software: '0.0.0-test', ...options },
  )
}
