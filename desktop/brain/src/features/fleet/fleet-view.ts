import type { PeerIdText } from '@wrale/protocol'
import type { Fleet as FleetView, NodeState } from '@wrale/protocol/api'
import type { Mesh } from '@wrale/mesh'
import type { Fleet } from './fleet.ts'
import type { LinkState } from './station-link.ts'

export interface FleetViewDeps {
  readonly fleet: Pick<Fleet, 'id' | 'name'>
  readonly station: {
    readonly id: PeerIdText
    readonly name: string
    readonly software: string
    readonly startedAtWallMs: number
  }
  readonly mesh: Pick<Mesh, 'peers' | 'addresses'>
  readonly link: { readonly state: LinkState }
  readonly counts: () => Record<NodeState, number>
  readonly revision: () => NonNullable<FleetView['revision']>
}

/** The fleet and this station, as callers see them now. */
export function fleetView(deps: FleetViewDeps): FleetView {
  const { id, name, software, startedAtWallMs } = deps.station
  return {
    id: deps.fleet.id,
    name: deps.fleet.name,
    station: {
      id,
      name,
      software,
      startedAt: new Date(startedAtWallMs).toISOString(),
      link: deps.link.state,
      peers: deps.mesh.peers().length,
      addresses: [...deps.mesh.addresses()],
    },
    counts: deps.counts(),
    revision: deps.revision(),
  }
}
