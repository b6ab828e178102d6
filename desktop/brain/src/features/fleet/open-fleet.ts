import { FleetError, type Logger } from '@wrale/kernel'
import { fleetNameSchema, memberNameSchema } from '@wrale/protocol'
import { createFleet, type Fleet, type FleetDeps, loadFleet, renameStation } from './fleet.ts'
import { hostName } from './network.ts'

/** Name of a fleet that nobody named. */
const defaultName = 'Fleet'

export interface OpenFleetOptions {
  /** Found a fleet of this name where the state folder has none. Without it the fleet is called "Fleet". */
  readonly create: string | undefined
  /** Name of this station. Default: the one that it has, or for a new one the host's. */
  readonly stationName: string | undefined
}

/**
 * The fleet of the state folder; where there is none yet, a new one.
 * @throws FleetError CONFLICT when the folder belongs to a fleet of another name than the one to be created; INPUT_INVALID
 */
export async function openFleet(
  deps: FleetDeps & { readonly logger: Logger },
  options: OpenFleetOptions,
): Promise<Fleet> {
  const asked = options.create === undefined ? undefined : checkedFleetName(options.create)
  const stationName = options.stationName === undefined ? undefined : checkedStationName(options.stationName)
  const existing = await loadFleet(deps)
  if (existing !== undefined) {
    if (asked !== undefined && asked !== existing.name) {
      throw new FleetError(
        'CONFLICT',
        `this state folder belongs to the fleet "${existing.name}" already: use another folder`,
      )
    }
    const renamed = stationName !== undefined && stationName !== existing.membership.certificate.name
    return renamed ? renameStation(deps, existing, stationName) : existing
  }
  const fleet = await createFleet(deps, asked ?? defaultName, stationName ?? hostName())
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
