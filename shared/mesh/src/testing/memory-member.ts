import { type Logger, silentLogger } from '@wrale/kernel'
import type { Certificate } from '@wrale/protocol/signing'
import { BackoffBook } from '../backoff-book.ts'
import { Incidents } from '../incidents.ts'
import { MeshMember } from '../member.ts'
import { maxPenalties, penaltyBackoff } from '../mesh.ts'
import { FleetClock } from '../overlay/fleet-clock.ts'
import type { MemoryMemberOptions, MemoryNetwork } from '../transport/memory/network.ts'
import type { MemoryTransport } from '../transport/memory/transport.ts'
import { defaultTuning, type MeshTuning, stationTuning } from '../tuning.ts'
import type { ReplicaPort } from '../types.ts'

export interface MemoryMemberParts {
  readonly certificate: Certificate
  readonly replica: ReplicaPort
  readonly random: () => number
  /** Addresses of peers to dial and keep dialling. */
  readonly peers?: readonly string[]
  readonly tuning?: Partial<MeshTuning>
  readonly logger?: Logger
  readonly network?: MemoryMemberOptions
}

/** A member whose network is in memory. */
export interface MemoryMember {
  readonly mesh: MeshMember
  readonly transport: MemoryTransport
  readonly fleetClock: FleetClock
}

/** The composition of `createMesh` on a network in memory, without discovery and enrolment. Not started. */
export function memoryMember(network: MemoryNetwork, parts: MemoryMemberParts): MemoryMember {
  const { certificate, replica, random, peers = [], logger = silentLogger } = parts
  const tuning = { ...(certificate.role === 'station' ? stationTuning : defaultTuning), ...parts.tuning }
  const transport = network.join(certificate, { maxLinks: tuning.maxPeers, ...parts.network })
  const { clock } = transport
  const fleetClock = new FleetClock(clock)
  const incidents = new Incidents(logger, clock)
  const penalties = new BackoffBook(clock, penaltyBackoff, { maxEntries: maxPenalties, random })
  const mesh = new MeshMember(
    { transport, replica, incidents, penalties, fleetClock, clock, logger, random },
    tuning,
    peers,
  )
  return { mesh, transport, fleetClock }
}
