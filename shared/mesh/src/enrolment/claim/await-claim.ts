import type { Connection, Stream } from '@libp2p/interface'
import { CODE_P2P } from '@multiformats/multiaddr'
import { type Clock, FleetError, type Logger } from '@wrale/kernel'
import { claimCodeOf, formatClaimCode } from '@wrale/protocol/membership'
import type { Identity } from '@wrale/protocol/signing'
import { type ClaimDescription, claimProtocol } from '@wrale/protocol/wire'
import { createLibp2p, type Libp2p } from 'libp2p'
import { closeConnection, remoteHostOf, remoteIdOf, streamError } from '../../transport/libp2p/connections.ts'
import { withDeadline } from '../../deadline.ts'
import { Discovery } from '../../discovery/discovery.ts'
import { Multicast, type PacketGroup, type PacketHandlers } from '../../discovery/multicast.ts'
import { baseOptions } from '../../transport/libp2p/node/base.ts'
import { checkMultiaddrs, startNode } from '../../transport/libp2p/node/start-node.ts'
import { RateLimiter } from '../../rate-limiter.ts'
import type { Membership } from '../../types.ts'
import { answerClaim, type Waiting } from './conversation.ts'
import { GuessGuard } from './guess-guard.ts'
import { claimServiceNames } from './names.ts'
import { stretchClaimCode } from './stretch.ts'

/** In which a conversation must be through, ms. A station's operator may have to be asked, so it is more than a handful of round trips. */
const conversationMs = 20_000
/** A connection on which nothing comes of it is closed, ms. */
const connectionMs = 30_000
const maxConnections = 64
/** Conversations at once; looks are over in a round trip. */
const maxAtOnce = 8
/** Conversations that one host may begin. */
const beginnings = { burst: 60, perMinute: 120 }

export interface AwaitClaimDeps {
  readonly identity: Identity
  readonly clock: Clock
  readonly logger: Logger
  /** Default: multicast on the local network. */
  readonly group?: (handlers: PacketHandlers) => PacketGroup
}

export interface AwaitClaimOptions {
  /** Who this machine says that it is. */
  readonly description: ClaimDescription
  /** Multiaddrs to wait on. */
  readonly listen: readonly string[]
  /** Tell stations on the local network that this machine waits. */
  readonly mdns: boolean
  /** Keeps the membership so that it outlives the process; only then the station is told that it is taken. */
  readonly keep: (membership: Membership) => Promise<void>
  /** Ends the wait. */
  readonly signal: AbortSignal
}

/** The code with which this machine can be claimed, in its groups. */
export function claimCodeFor(identity: Identity): string {
  return formatClaimCode(claimCodeOf(identity.privateKey.raw))
}

/**
 * Waits until a station whose operator has this machine's claim code takes it in. Belongs to no fleet meanwhile: it answers claims and nothing else.
 * @returns the membership, which is kept already
 * @throws FleetError ABORTED; PORT_IN_USE, ADDRESS_UNAVAILABLE; what `keep` throws
 */
export async function awaitClaim(deps: AwaitClaimDeps, options: AwaitClaimOptions): Promise<Membership> {
  checkMultiaddrs(options.listen)
  const { identity, logger } = deps
  const { listen, description, signal } = options
  const stretched = await stretchClaimCode(claimCodeOf(identity.privateKey.raw), identity.id)
  const node = await createLibp2p(baseOptions({ identity, listen, software: description.software, maxConnections }))
  const claimed = Promise.withResolvers<Membership>()
  const give = (): void => claimed.reject(new FleetError('ABORTED', 'no longer waiting to be claimed'))
  const desk = new ClaimDesk(deps, options, stretched, claimed)
  const discovery = options.mdns ? announce(deps, node) : undefined
  signal.addEventListener('abort', give, { once: true })
  try {
    if (signal.aborted) give()
    await node.handle(claimProtocol, desk.onStream, { maxInboundStreams: 2 })
    node.addEventListener('connection:open', desk.onConnection)
    await startNode(node, listen)
    await discovery?.start()
    logger.info('waiting to be claimed', { addresses: node.getMultiaddrs().map(String) })
    return await claimed.promise
  } finally {
    signal.removeEventListener('abort', give)
    desk.stop()
    await discovery?.stop()
    await node.stop()
  }
}

function announce({ identity, clock, logger, group }: AwaitClaimDeps, node: Libp2p): Discovery {
  return new Discovery(
    { clock, group: group ?? ((handlers) => new Multicast(clock, logger, handlers)), linked: () => [] },
    {
      names: claimServiceNames,
      ask: 'nobody',
      announce: {
        peer: identity.id,
        station: false,
        addresses: () => node.getMultiaddrs().map((address) => address.decapsulateCode(CODE_P2P).toString()),
      },
    },
  )
}

/** Answers whoever opens a stream, until one claim succeeds. */
class ClaimDesk {
  readonly #deps: AwaitClaimDeps
  readonly #options: AwaitClaimOptions
  readonly #stretched: Uint8Array
  readonly #claimed: PromiseWithResolvers<Membership>
  readonly #guesses: GuessGuard
  readonly #beginnings: RateLimiter
  readonly #stopping = new AbortController()
  #underWay = 0
  #taken = false
  #kept: Membership | undefined

  constructor(
    deps: AwaitClaimDeps,
    options: AwaitClaimOptions,
    stretched: Uint8Array,
    claimed: PromiseWithResolvers<Membership>,
  ) {
    this.#deps = deps
    this.#options = options
    this.#stretched = stretched
    this.#claimed = claimed
    this.#guesses = new GuessGuard(deps.clock)
    this.#beginnings = new RateLimiter(deps.clock, beginnings)
  }

  stop(): void {
    this.#stopping.abort(new FleetError('ABORTED', 'no longer waiting to be claimed'))
  }

  readonly onConnection = ({ detail: connection }: CustomEvent<Connection>): void => {
    const overdue = (): void => connection.abort(new FleetError('TIMEOUT', 'nothing was claimed on this connection'))
    const cancel = this.#deps.clock.schedule(connectionMs, overdue)
    connection.addEventListener('close', cancel, { once: true })
  }

  readonly onStream = async (stream: Stream, connection: Connection): Promise<void> => {
    const { clock, identity, logger } = this.#deps
    this.#underWay++
    try {
      const remote = remoteIdOf(connection)
      if (remote === null) throw new FleetError('ENROL_REFUSED', 'a station’s key is an Ed25519 key')
      const host = remoteHostOf(connection)
      await withDeadline(clock, conversationMs, this.#stopping.signal, (signal) =>
        answerClaim(stream, { self: identity.id, remote, signal }, this.#waiting(host)),
      )
    } catch (thrown) {
      const error = streamError(thrown)
      stream.abort(error)
      logger.warn('a claim was refused', { peer: remoteIdOf(connection), code: error.code, error: error.message })
      // Let the refusal arrive.
      await closeConnection(connection, error)
    } finally {
      this.#underWay--
      // Not before the station was told: with the promise the waiting ends.
      if (this.#kept !== undefined) this.#claimed.resolve(this.#kept)
    }
  }

  #waiting(host: string): Waiting {
    const { description, keep } = this.#options
    return {
      description: { ...description, hint: claimCodeFor(this.#deps.identity).charAt(0) },
      stretched: this.#stretched,
      enter: () => {
        if (this.#underWay > maxAtOnce || !this.#beginnings.take(host))
          throw new FleetError('RATE_LIMITED', 'too many conversations at once')
      },
      allow: () => this.#guesses.allow(host),
      guessed: () => this.#guesses.guessed(host),
      keep: async (membership) => {
        if (this.#taken) throw new FleetError('CONFLICT', 'another station was faster')
        this.#taken = true
        try {
          await keep(membership)
          this.#kept = membership
        } catch (error) {
          this.#taken = false
          throw error
        }
      },
    }
  }
}
