import { FleetError, type Logger } from '@wrale/kernel'
import type { Membership } from '@wrale/mesh'
import { fleetNameSchema, memberNameSchema } from '@wrale/protocol'
import type { Identity } from '@wrale/protocol/signing'
import { createFleet, type Fleet, type FleetDeps, joinFleet, loadFleet, recoverFleet, renameStation } from './fleet.ts'
import { hostName } from './network.ts'

/** Name of a fleet that nobody named. */
const defaultName = 'Fleet'

export interface OpenFleetOptions {
  /** Found a fleet of this name where the state folder has none. Without it the fleet is called "Fleet". */
  readonly create: string | undefined
  /** Name of this station. Default: the one that it has, or for a new one the host's. */
  readonly stationName: string | undefined
  /** Where the folder has no fleet, wait until another station takes this one in; `keep` must have kept the membership before it counts. */
  readonly join?: (name: string, keep: (membership: Membership) => Promise<void>) => Promise<Membership>
  /** Root key from a recovery kit: bring its fleet back here. */
  readonly recover?: Identity | undefined
}

/**
 * The fleet of the state folder; where there is none yet, one that is recovered, joined or new.
 * @throws FleetError CONFLICT when the folder belongs to another fleet than the one that is asked for; INPUT_INVALID; what `join` throws
 */
export async function openFleet(
  deps: FleetDeps & { readonly logger: Logger },
  { create, stationName: wantedName, join, recover }: OpenFleetOptions,
): Promise<Fleet> {
  const asked = create === undefined ? undefined : checkedFleetName(create)
  const stationName = wantedName === undefined ? undefined : checkedStationName(wantedName)
  const existing = await loadFleet(deps)
  if (existing !== undefined && (recover === undefined || existing.id !== (recover.id as string))) {
    const other = asked !== undefined && asked !== existing.name
    if (other || recover !== undefined) {
      throw new FleetError(
        'CONFLICT',
        `this state folder belongs to the fleet "${existing.name}" already: use another folder`,
      )
    }
    const renamed = stationName !== undefined && stationName !== existing.membership.certificate.name
    return renamed ? renameStation(deps, existing, stationName) : existing
  }
  const name = stationName ?? existing?.membership.certificate.name ?? hostName()
  if (recover !== undefined) {
    const fleet = await recoverFleet(deps, recover, { fleetName: existing?.name ?? asked, name })
    deps.logger.warn('the fleet’s root key was brought back', { fleet: fleet.id })
    return fleet
  }
  if (join !== undefined) {
    let joined: Fleet | undefined
    await join(name, async (membership) => void (joined = await joinFleet(deps, membership)))
    if (joined === undefined) throw new FleetError('INTERNAL', 'the membership was not kept')
    deps.logger.info('this station joined a fleet', { fleet: joined.id, fleetName: joined.name })
    return joined
  }
  const fleet = await createFleet(deps, asked ?? defaultName, name)
  deps.logger.info('a fleet was created', { fleet: fleet.id, fleetName: fleet.name })
  return fleet
}

function checkedFleetName(name: string): string {
  const parsed = fleetNameSchema.safeParse(name)
  if (!parsed.success)
    throw new FleetError('INPUT_INVALID', 'a fleet name has 1 to 64 characters and no control characters')
  return parsed.data
}

function checkedStationName(name: string): string {
  const parsed = memberNameSchema.safeParse(name)
  if (!parsed.success)
    throw new FleetError('INPUT_INVALID', `the station’s name ${parsed.error.issues[0]?.message ?? 'is not valid'}`)
  return parsed.data
}
