import { type Clock, FleetError, type FleetErrorCode, type Logger, type Startable, toFleetError } from '@wrale/kernel'
import type { Membership } from '@wrale/mesh'
import type { FleetId, PeerIdText } from '@wrale/protocol'
import { decodeJoinToken, type JoinToken } from '@wrale/protocol/membership'
import type { MembershipStore } from './store.ts'

/** Where a node stands. */
export type StandingView =
  | {
      readonly standing: 'unclaimed'
      /** What an operator enters at a station to take this node in. */
      readonly claimCode: string
      /** Why the last attempt to join came to nothing. */
      readonly refused?: { readonly code: FleetErrorCode; readonly message: string }
    }
  | { readonly standing: 'enrolling'; readonly fleet: FleetId }
  | ({ readonly standing: 'member' } & Place)
  /** Put out of its fleet. It forgets nothing: for that a person resets it. */
  | ({ readonly standing: 'revoked'; readonly reason: string | null } & Place)

interface Place {
  readonly fleet: FleetId
  readonly fleetName: string
  readonly name: string
}

export interface StandingDeps {
  readonly self: PeerIdText
  readonly store: MembershipStore
  /** Becomes a member with a token; goes on trying until it is one, is refused for good (throws), or the signal aborts. */
  readonly enrol: (token: JoinToken, signal: AbortSignal) => Promise<Membership>
  readonly claim: {
    readonly code: string
    /** Waits until an operator takes the node in, which `keep` has kept then; throws when it cannot, or the signal aborts. */
    readonly wait: (keep: (membership: Membership) => Promise<void>, signal: AbortSignal) => Promise<Membership>
  }
  /** Takes the node's place in the fleet. Started once. */
  readonly session: (membership: Membership) => Promise<Startable>
  /** Told when the node could not ask, or became a member but could not take its place. */
  readonly failed: (error: unknown) => void
  readonly clock: Clock
  readonly logger: Logger
}

/** A node that cannot wait to be claimed, for want of a port for example, tries again after so long, ms. */
const waitAgainMs = 30_000

/** What a fleet says to a token that will never do. Anything else that ends an attempt is wrong here, not there. */
const refusals: ReadonlySet<FleetErrorCode> = new Set([
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
  'TOKEN_USED_UP',
  'ENROL_REFUSED',
  'NOT_MEMBER',
  'FORBIDDEN',
])

export interface StandingOptions {
  /** Join token given at the start, as text that `decodeJoinToken` accepts; used if the node is not a member yet. */
  readonly joinWith?: string | undefined
}

/**
 * Carries a node from unclaimed to member. A member never changes its fleet: for that a person resets it. An unclaimed node goes on
 * doing all that needs no fleet.
 */
export class Standing implements Startable {
  readonly #deps: StandingDeps
  readonly #joinWith: string | undefined
  #view: StandingView
  #session: Startable | undefined
  #attempt: { readonly controller: AbortController; readonly done: Promise<void> } | undefined
  #out: { readonly reason: string | null } | undefined
  #started = false
  #joining: Promise<unknown> = Promise.resolve()

  constructor(deps: StandingDeps, options: StandingOptions = {}) {
    this.#deps = deps
    this.#joinWith = options.joinWith
    this.#view = { standing: 'unclaimed', claimCode: deps.claim.code }
  }

  get view(): StandingView {
    return this.#view
  }

  /** Returns when a member has taken its place; enrolment goes on in the background. */
  async start(): Promise<void> {
    if (this.#started) return
    this.#started = true
    const { logger, self, store } = this.#deps
    const { membership, damaged } = await store.load(self)
    if (damaged !== undefined) logger.error('the membership file is damaged and was set aside', { file: damaged })
    // A member has no use for a token, and may be starting on a disk that takes nothing.
    if (this.#joinWith !== undefined && membership === undefined) await store.keepToken(this.#joinWith)
    const token = await this.#pendingToken(membership === undefined ? undefined : this.#joinWith)
    if (membership !== undefined) {
      if (token !== undefined && token.fleet !== membership.fleet) {
        logger.warn(
          'the join token is another fleet’s and was not used; `wrale-edge reset` makes this node forget its fleet',
          {
            memberOf: membership.fleet,
            tokenOf: token.fleet,
          },
        )
      }
      await store.dropToken()
      await this.#becomeMember(membership)
    } else if (token === undefined) {
      this.#beginWaiting()
    } else {
      this.#begin(token)
    }
  }

  async stop(): Promise<void> {
    this.#started = false
    await this.#joining
    await this.#abandon()
    await this.#session?.stop()
    this.#session = undefined
  }

  /**
   * Takes a token to join with. Returns at once: whether it worked is seen in `view`.
   * @throws FleetError TOKEN_INVALID; CONFLICT for a member of another fleet
   */
  join(text: string): Promise<StandingView> {
    const done = this.#joining.then(async () => {
      const token = decodeJoinToken(text)
      // What is under way is ended first: it may just have made this node a member.
      await this.#abandon()
      if (this.#view.standing === 'member' || this.#view.standing === 'revoked') {
        if (this.#view.fleet === token.fleet) return this.#view
        throw new FleetError(
          'CONFLICT',
          'this node is a member of another fleet; `wrale-edge reset` makes it forget that',
        )
      }
      await this.#deps.store.keepToken(text)
      this.#begin(token)
      return this.#view
    })
    this.#joining = done.catch(() => undefined)
    return done
  }

  /** The fleet put this node out. It stays what it is, and knows it. */
  putOut(reason: string | null): void {
    this.#out ??= { reason }
    if (this.#view.standing === 'member') this.#view = { ...this.#view, standing: 'revoked', ...this.#out }
  }

  /** @param given one that was not kept */
  async #pendingToken(given: string | undefined): Promise<JoinToken | undefined> {
    const { logger, store } = this.#deps
    try {
      return given === undefined ? await store.pendingToken() : decodeJoinToken(given)
    } catch (error) {
      logger.error('the join token is not valid', { error })
      await store.dropToken()
      return undefined
    }
  }

  #begin(token: JoinToken): void {
    this.#deps.logger.info('joining a fleet', { fleet: token.fleet })
    this.#view = { standing: 'enrolling', fleet: token.fleet }
    this.#attemptTo((signal) => this.#enrol(token, signal))
  }

  #beginWaiting(): void {
    const { claim, logger } = this.#deps
    logger.warn(
      'this node is not a member of a fleet: enter its claim code at a station, or make a join token there and run `wrale-edge join TOKEN`',
      { claimCode: claim.code },
    )
    this.#attemptTo((signal) => this.#wait(signal))
  }

  #attemptTo(task: (signal: AbortSignal) => Promise<void>): void {
    const controller = new AbortController()
    this.#attempt = { controller, done: task(controller.signal) }
  }

  async #abandon(): Promise<void> {
    const attempt = this.#attempt
    this.#attempt = undefined
    attempt?.controller.abort(new FleetError('ABORTED', 'joining was given up'))
    await attempt?.done
  }

  async #enrol(token: JoinToken, signal: AbortSignal): Promise<void> {
    const { enrol, failed, logger, store } = this.#deps
    let membership: Membership
    try {
      membership = await enrol(token, signal)
    } catch (error) {
      if (signal.aborted) return
      const { code, message } = toFleetError(error)
      if (!refusals.has(code)) {
        failed(error)
        return
      }
      logger.error('the fleet refused this node; a new join token is needed', { error })
      this.#view = { standing: 'unclaimed', claimCode: this.#deps.claim.code, refused: { code, message } }
      await store
        .dropToken()
        .catch((cause: unknown) => logger.error('the join token could not be removed', { error: cause }))
      await this.#wait(signal)
      return
    }
    try {
      // What was granted is kept even when the daemon is being stopped: the token may be used up.
      await store.save(membership)
      await store.dropToken()
      if (this.#started) await this.#becomeMember(membership)
    } catch (error) {
      failed(error)
    }
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const { claim, failed, logger, store } = this.#deps
    let complained = false
    while (!signal.aborted) {
      try {
        const membership = await claim.wait((granted) => store.save(granted), signal)
        if (this.#started) await this.#becomeMember(membership).catch(failed)
        return
      } catch (error) {
        if (signal.aborted) return
        if (!complained) logger.error('this node cannot be claimed now; trying again', { error })
        complained = true
        await this.#pause(signal)
      }
    }
  }

  #pause(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = this.#deps.clock.schedule(waitAgainMs, resolve)
    signal.addEventListener('abort', () => resolve(), { once: true })
    return promise.finally(cancel)
  }

  async #becomeMember(membership: Membership): Promise<void> {
    const { logger, session } = this.#deps
    const { fleet, certificate } = membership
    this.#session = await session(membership)
    await this.#session.start()
    this.#view = { standing: 'member', fleet, fleetName: certificate.fleetName, name: certificate.name }
    logger.info('member of a fleet', { fleet, fleetName: certificate.fleetName, name: certificate.name })
    if (this.#out !== undefined) this.putOut(this.#out.reason)
  }
}
