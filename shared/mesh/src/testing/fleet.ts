import { type Logger, silentLogger, type Signal, systemClock } from '@wrale/kernel'
import type { MemberRole } from '@wrale/protocol'
import { generateIdentity, type Identity } from '@wrale/protocol/signing'
import { createMesh, type MeshTuning } from '../index.ts'
import type { EnrolmentDesk, Mesh, Membership, SecurityIncident } from '../types.ts'
import { ReplicaFake } from './replica-fake.ts'
import type { TestFleet } from './test-fleet.ts'

export interface TestMember {
  readonly identity: Identity
  readonly membership: Membership
  readonly mesh: Mesh
  readonly replica: ReplicaFake
  readonly incidents: SecurityIncident[]
}

export interface TestMemberOptions {
  readonly identity?: Identity
  readonly membership?: Membership
  readonly role?: MemberRole
  readonly listen?: readonly string[]
  readonly peers?: readonly string[]
  readonly mdns?: boolean
  readonly enrolment?: EnrolmentDesk
  readonly tuning?: Partial<MeshTuning>
  readonly logger?: Logger
}

/** A member of the fleet on loopback. Not started. */
export async function testMember(fleet: TestFleet, name: string, options: TestMemberOptions = {}): Promise<TestMember> {
  const identity = options.identity ?? (await generateIdentity())
  const membership = options.membership ?? (await fleet.admit(identity.id, options.role ?? 'node', name))
  const replica = new ReplicaFake()
  const { enrolment } = options
  const mesh = createMesh(
    {
      identity,
      membership,
      replica,
      logger: options.logger ?? silentLogger,
      clock: systemClock,
      ...(enrolment === undefined ? {} : { enrolment }),
    },
    {
      listen: options.listen ?? ['/ip4/127.0.0.1/tcp/0'],
      peers: options.peers ?? [],
      mdns: options.mdns ?? false,
      software: '0.0.0-test',
    },
    options.tuning,
  )
  const incidents: SecurityIncident[] = []
  mesh.incidents.subscribe((incident) => incidents.push(incident))
  return { identity, membership, mesh, replica, incidents }
}

/** Waits until `condition` holds, looking again whenever `signal` fires. */
export async function until<T>(signal: Signal<T>, condition: () => boolean, limitMs = 10_000): Promise<void> {
  if (condition()) return
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(
    () => reject(new Error(`did not come about within ${limitMs} ms: ${condition.toString()}`)),
    limitMs,
  )
  const unsubscribe = signal.subscribe(() => {
    if (condition()) resolve()
  })
  try {
    await promise
  } finally {
    clearTimeout(timer)
    unsubscribe()
  }
}
