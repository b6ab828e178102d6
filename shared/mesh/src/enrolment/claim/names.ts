import type { ServiceNames } from '../../discovery/service-names.ts'

/** DNS-SD name under which machines wait that belong to no fleet: the same everywhere, for whoever is allowed to take them in. */
const unclaimed = '_wrale-claim._udp.local'

export const claimServiceNames: ServiceNames = { members: unclaimed, stations: `_station._sub.${unclaimed}` }
