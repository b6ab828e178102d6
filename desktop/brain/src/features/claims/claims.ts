import { FleetError } from '@wrale/kernel'
import type { ClaimedMachine, ClaimSearch, PendingMachine } from '@wrale/mesh'
import type { MemberRole } from '@wrale/protocol'
import type { MemberView, PendingClaim, Session } from '@wrale/protocol/api'
import type { Certificate } from '@wrale/protocol/signing'
import type { Audit } from '../event-log/audit.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Standing } from '../join-tokens/join-tokens.ts'
import type { Members } from '../members/members.ts'
import { timestamp } from '../objects/timestamp.ts'

export interface ClaimsDeps {
  readonly fleet: Pick<Fleet, 'checkMayCertify' | 'certify'>
  readonly search: Pick<ClaimSearch, 'look' | 'claim'>
  readonly standing: Standing
  readonly members: Pick<Members, 'get'>
  /** A member was made. */
  readonly granted: (certificate: Certificate) => Promise<void>
  readonly audit: Pick<Audit, 'record'>
}

export interface ClaimRequest {
  readonly code: string
  readonly name?: string | undefined
  readonly role?: MemberRole | undefined
  readonly address?: string | undefined
}

/** Machines that wait for their claim code, and taking them in. */
export class Claims {
  readonly #deps: ClaimsDeps

  constructor(deps: ClaimsDeps) {
    this.#deps = deps
  }

  /** As last met; asking looks for more. The newest first. */
  list(): PendingClaim[] {
    return this.#deps.search
      .look()
      .toSorted((a, b) => b.firstSeenWallMs - a.firstSeenWallMs || (a.id < b.id ? -1 : 1))
      .map(viewOf)
  }

  /**
   * Takes in the machine that shows this code.
   * @throws FleetError INPUT_INVALID for a text that is no code; NOT_FOUND when no machine answers to it; CONFLICT when it is of another role than expected; FORBIDDEN
   *   when the fleet put its key out; UNAVAILABLE when this station may not sign; RATE_LIMITED
   */
  async claim({ code, name, role, address }: ClaimRequest, by: Session): Promise<MemberView> {
    const { fleet, search, standing, members, granted, audit } = this.#deps
    fleet.checkMayCertify()
    const certify = async (machine: ClaimedMachine): Promise<Certificate> => {
      standing.checkMayJoin(machine.id)
      if (role !== undefined && role !== machine.role)
        throw new FleetError('CONFLICT', `the machine with this code asks to become a ${machine.role}, not a ${role}`)
      return fleet.certify({
        subject: machine.id,
        role: machine.role,
        name: name ?? machine.name,
        instead: standing.certificateOf(machine.id),
      })
    }
    const certificate = await search.claim(code, certify, address)
    await granted(certificate)
    const isStation = certificate.role === 'station'
    audit.record({
      kind: 'member-claimed',
      severity: isStation ? 'warning' : 'info',
      message: `took in the ${certificate.role} ${certificate.name} by its claim code`,
      data: { about: certificate.subject, role: certificate.role },
      by,
    })
    return members.get(certificate.subject)
  }
}

function viewOf({ id, description, address, firstSeenWallMs, lastSeenWallMs }: PendingMachine): PendingClaim {
  const { name, role, model = null, software, hint } = description
  return {
    id,
    name,
    role,
    model,
    software,
    address,
    ...(hint === undefined ? {} : { hint }),
    firstSeen: timestamp(firstSeenWallMs),
    lastSeen: timestamp(lastSeenWallMs),
  }
}
