import { type Clock, FleetError, type Logger, type Startable } from '@wrale/kernel'
import { ClaimSearch, type EnrolmentDesk, type Mesh, Vetting } from '@wrale/mesh'
import type { FleetId, PeerIdText } from '@wrale/protocol'
import type { Certificate, Identity } from '@wrale/protocol/signing'
import { heedPutOut, type MemberDirectory, putOutOf, type PutOutDeps, type Replica } from '@wrale/replica'
import { Claims } from './features/claims/claims.ts'
import type { Clones } from './features/clones/clones.ts'
import type { Audit } from './features/event-log/audit.ts'
import type { Fleet } from './features/fleet/fleet.ts'
import { recoveryWords } from './features/fleet/recovery-kit.ts'
import type { JoinTokens, Standing } from './features/join-tokens/join-tokens.ts'
import { KeyRotation } from './features/members/key-rotation.ts'
import { Members } from './features/members/members.ts'
import { moveNotes } from './features/members/move-notes.ts'
import type { ObjectBook } from './features/objects/object-book.ts'
import type { RouterDeps } from './rpc/router.ts'

/** What the fleet knows of who wants to join. */
export function standingOf(
  replica: Pick<Replica, 'isOut'>,
  members: Pick<MemberDirectory, 'get'>,
  time: { nowMs(): number },
): Standing {
  return {
    checkMayJoin(id) {
      if (replica.isOut(id))
        throw new FleetError('FORBIDDEN', 'the fleet put this machine out: `wrale-edge reset --new-identity` first')
    },
    certificateOf: (id) => members.get(id),
    nowMs: () => time.nowMs(),
  }
}

/** Judges who says hello, and heeds what this station is shown when others do not let it in any more. */
export function vettingOf(
  known: PutOutDeps,
  fleet: FleetId,
  time: { nowMs(): number },
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Vetting {
  const vetting = new Vetting({ fleet, clock, nowMs: () => time.nowMs(), putOut: (peer) => putOutOf(known, peer) })
  vetting.shown.subscribe((evidence) => {
    heedPutOut(known, evidence).catch((error: unknown) =>
      logger.warn('a peer says that this station was put out', { error }),
    )
  })
  return vetting
}

/** The desk at which machines become members: with a token, or with a member's old key for a new one. */
export function deskOf(tokens: JoinTokens, rotation: () => KeyRotation): EnrolmentDesk {
  return {
    secretOf: (tokenId) => tokens.secretOf(tokenId),
    grant: (tokenId, joiner) => tokens.grant(tokenId, joiner),
    rotate: (old, successor) => rotation().rotate(old, successor),
  }
}

export interface MembershipDeps {
  readonly identity: Identity
  readonly fleet: Fleet
  readonly replica: Replica
  readonly mesh: Mesh
  readonly directory: MemberDirectory
  readonly standing: Standing
  readonly clones: Pick<Clones, 'clonedAt'>
  readonly joinTokens: JoinTokens
  readonly book: ObjectBook
  readonly audit: Audit
  /** A member was made here. */
  readonly noteMember: (certificate: Certificate) => Promise<void>
  readonly software: string
  readonly mdns: boolean
  readonly clock: Clock
  readonly logger: Logger
}

type Served = Pick<RouterDeps, 'members' | 'claims' | 'joinTokens' | 'recoveryKit'>

/** Who belongs to the fleet: the ways in, and the way out. */
export function composeMembership(
  deps: MembershipDeps,
): Served & { readonly rotation: KeyRotation; readonly parts: readonly Startable[] } {
  const { identity, fleet, replica, mesh, directory, standing, clones, joinTokens, book, audit, clock, logger } = deps
  const lastSeenMs = (id: PeerIdText): number | undefined => {
    if (id === identity.id || mesh.peers().some((peer) => peer.id === id)) return Math.round(clock.wallMs())
    const heardAtMs = replica.heardAtMs(id)
    return heardAtMs === undefined ? undefined : Math.round(clock.wallMs() - (clock.monotonicMs() - heardAtMs))
  }
  const members = new Members({
    self: identity.id,
    records: replica,
    directory,
    lastSeenMs,
    clonedAt: (id) => clones.clonedAt(id),
    nowMs: () => standing.nowMs(),
    moveNotes: (from, to) => moveNotes(book, from, to),
    audit,
  })
  const { membership } = fleet
  const search = new ClaimSearch({ identity, membership, clock, logger }, { software: deps.software, mdns: deps.mdns })
  const rotation = new KeyRotation({
    fleet,
    records: replica,
    directory,
    members,
    granted: deps.noteMember,
    write: (event) => replica.write('event', event),
    logger,
  })
  return {
    members,
    rotation,
    claims: new Claims({ fleet, search, standing, members, granted: deps.noteMember, audit }),
    joinTokens: {
      list: () => joinTokens.list(),
      create(request, by) {
        const created = joinTokens.create(request)
        const { id, name, maxUses, expiresAt } = created
        const message = `made the join token ${id} ("${name}") for ${maxUses === 1 ? 'one node' : `${maxUses} nodes`}`
        audit.record({ kind: 'join-token-created', message, data: { joinToken: id, maxUses, expiresAt }, by })
        return created
      },
      revoke(id, by) {
        const revoked = joinTokens.revoke(id)
        const message = `revoked the join token ${id} ("${revoked.name}")`
        audit.record({ kind: 'join-token-revoked', message, data: { joinToken: id }, by })
        return revoked
      },
    },
    recoveryKit: (by) => {
      const words = recoveryWords(fleet.rootKey())
      audit.record({ kind: 'recovery-kit-shown', severity: 'warning', message: 'was shown the recovery kit', by })
      return { fleet: fleet.name, words }
    },
    parts: [search, learnName(fleet, mesh.peerAdmitted, logger)],
  }
}

/** A fleet that was brought back with its recovery kit learns its name from the first member that it meets. */
function learnName(fleet: Fleet, admitted: Mesh['peerAdmitted'], logger: Logger): Startable {
  let unsubscribe: () => void = () => undefined
  return {
    async start() {
      unsubscribe()
      unsubscribe = admitted.subscribe(({ certificate }) => {
        fleet.learnName(certificate.fleetName).catch((error: unknown) => {
          logger.error('the name of the fleet could not be kept', { error })
        })
      })
    },
    async stop() {
      unsubscribe()
    },
  }
}
