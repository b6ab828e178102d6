import { randomBytes } from 'node:crypto'
import { type Clock, Emitter, FleetError, type Logger, type Signal } from '@wrale/kernel'
import type { EnrolmentDesk } from '@wrale/mesh'
import type { PeerIdText } from '@wrale/protocol'
import type { CreatedJoinToken, JoinTokenView } from '@wrale/protocol/api'
import { encodeJoinToken } from '@wrale/protocol/membership'
import { type Certificate, verifyCertificate } from '@wrale/protocol/signing'
import type { Fleet } from '../fleet/fleet.ts'
import type { StoredToken, TokenStore } from './token-store.ts'

/** Most tokens that are good at the same time. */
const maxTokens = 1000
/** How long a token is still listed after its time is over, ms. */
const keepExpiredMs = 7 * 86_400_000

export interface JoinTokensDeps {
  readonly fleet: Pick<Fleet, 'id' | 'checkMayCertify' | 'certify'>
  readonly store: TokenStore
  readonly standing: Standing
  readonly clock: Clock
  readonly logger: Logger
}

/** What the fleet knows of who wants to join. */
export interface Standing {
  /** @throws FleetError FORBIDDEN when the fleet put this key out, for that is for good */
  checkMayJoin(id: PeerIdText): void
  /** The certificate that a member has now. */
  certificateOf(id: PeerIdText): Certificate | undefined
  /** Fleet time, ms since the Unix epoch. */
  nowMs(): number
}

export interface JoinTokenRequest {
  readonly name: string
  readonly ttlSeconds: number
  readonly maxUses: number
  readonly membershipTtlSeconds?: number | undefined
}

/** Tokens with which nodes join, and the desk at which they do. */
export class JoinTokens implements EnrolmentDesk {
  readonly granted: Signal<Certificate>
  readonly #deps: JoinTokensDeps
  readonly #granted = new Emitter<Certificate>()

  constructor(deps: JoinTokensDeps) {
    this.#deps = deps
    this.granted = this.#granted
  }

  /** @throws FleetError RATE_LIMITED when there are too many; UNAVAILABLE when this station cannot sign members in */
  create(request: JoinTokenRequest): CreatedJoinToken {
    const { fleet, store, clock, logger } = this.#deps
    fleet.checkMayCertify()
    store.removeExpired(clock.wallMs() - keepExpiredMs)
    if (store.list().length >= maxTokens)
      throw new FleetError('RATE_LIMITED', `there are ${maxTokens} join tokens already`)
    const now = Math.round(clock.wallMs())
    const expiresAtSeconds = Math.floor(now / 1000) + request.ttlSeconds
    const token = {
      id: Uint8Array.from(randomBytes(8)),
      secret: Uint8Array.from(randomBytes(16)),
      name: request.name,
      createdAtWallMs: now,
      expiresAtWallMs: expiresAtSeconds * 1000,
      maxUses: request.maxUses,
      membershipTtlMs: request.membershipTtlSeconds === undefined ? null : request.membershipTtlSeconds * 1000,
    }
    store.add(token)
    const view = viewOf({ ...token, uses: 0, revoked: false })
    logger.info('a join token was made', { joinToken: view.id, maxUses: view.maxUses, expiresAt: view.expiresAt })
    return {
      ...view,
      token: encodeJoinToken({ fleet: fleet.id, id: token.id, secret: token.secret, expiresAtSeconds }),
    }
  }

  /** Nobody joins with it any more; who did stays. @throws FleetError NOT_FOUND */
  revoke(id: string): JoinTokenView {
    const { store, logger } = this.#deps
    const tokenId = Uint8Array.from(Buffer.from(id, 'hex'))
    const token = store.find(tokenId)
    if (token === undefined) throw new FleetError('NOT_FOUND', `this station has no join token ${id}`)
    store.revoke(tokenId)
    logger.info('a join token was revoked', { joinToken: id })
    return viewOf({ ...token, revoked: true })
  }

  list(): JoinTokenView[] {
    return this.#deps.store.list().map(viewOf)
  }

  /**
   * Whether uses are left is judged when the joiner is known, so that one whose grant was lost on the way can fetch it again.
   * @throws FleetError TOKEN_INVALID, TOKEN_EXPIRED
   */
  async secretOf(tokenId: Uint8Array): Promise<Uint8Array> {
    return this.#usable(tokenId).secret
  }

  /** @throws FleetError TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_USED_UP, FORBIDDEN */
  async grant(tokenId: Uint8Array, joiner: { readonly id: PeerIdText; readonly name: string }): Promise<Certificate> {
    const { fleet, store, clock, logger, standing } = this.#deps
    const token = this.#usable(tokenId)
    standing.checkMayJoin(joiner.id)
    const earlier = store.grantOf(tokenId, joiner.id)
    if (earlier !== undefined) {
      const certificate = await verifyCertificate(earlier.certificate, { fleet: fleet.id, subject: joiner.id })
      this.#granted.emit(certificate)
      return certificate
    }
    const certificate = await fleet.certify({
      subject: joiner.id,
      role: 'node',
      name: joiner.name,
      instead: standing.certificateOf(joiner.id),
      notAfter: token.membershipTtlMs === null ? undefined : standing.nowMs() + token.membershipTtlMs,
    })
    // Counted after the signing, without a pause in between, so that two at the same time cannot both take the last use.
    if ((store.find(tokenId)?.uses ?? token.maxUses) >= token.maxUses) {
      throw new FleetError('TOKEN_USED_UP', `the join token was used ${token.maxUses} times already`)
    }
    store.addGrant(tokenId, { subject: joiner.id, certificate: certificate.sealed }, clock.wallMs())
    logger.info('a node joined the fleet', { node: joiner.id, nodeName: joiner.name, joinToken: toHex(tokenId) })
    this.#granted.emit(certificate)
    return certificate
  }

  #usable(tokenId: Uint8Array): StoredToken {
    const token = this.#deps.store.find(tokenId)
    if (token === undefined || token.revoked)
      throw new FleetError('TOKEN_INVALID', 'this station does not know the join token')
    if (this.#deps.clock.wallMs() >= token.expiresAtWallMs)
      throw new FleetError('TOKEN_EXPIRED', 'the join token has expired')
    return token
  }
}

function viewOf(token: StoredToken): JoinTokenView {
  return {
    id: toHex(token.id),
    name: token.name,
    createdAt: new Date(token.createdAtWallMs).toISOString(),
    expiresAt: new Date(token.expiresAtWallMs).toISOString(),
    maxUses: token.maxUses,
    uses: token.uses,
    revoked: token.revoked,
  }
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
