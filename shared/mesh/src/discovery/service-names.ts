import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { FleetId } from '@wrale/protocol'

/**
 * DNS-SD names under which a fleet's members find each other. They follow from the fleet, so that fleets on one network do not
 * even see each other; the name says nothing about the fleet to who does not know its id (RFC 6763, section 7: at most 15
 * characters after the underscore).
 */
export interface ServiceNames {
  /** Every member answers to this. */
  readonly members: string
  /** Subtype (RFC 6763, section 7.1) to which those answer that take in new members. */
  readonly stations: string
}

export function serviceNames(fleet: FleetId): ServiceNames {
  const members = `_wrale-${bytesToHex(sha256(new TextEncoder().encode(fleet))).slice(0, 8)}._udp.local`
  return { members, stations: `_station._sub.${members}` }
}
