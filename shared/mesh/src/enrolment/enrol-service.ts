import type { Connection, Stream } from '@libp2p/interface'
import { type Clock, FleetError, type Logger, type Startable } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { enrolProtocol } from '@wrale/protocol/wire'
import { withDeadline } from '../deadline.ts'
import type { Incidents } from '../incidents.ts'
import { RateLimiter } from '../rate-limiter.ts'
import type { Gate } from '../transport/libp2p/admission/gate.ts'
import { closeConnection, remoteHostOf, remoteIdOf, streamError } from '../transport/libp2p/connections.ts'
import type { StrangerHandler } from '../transport/libp2p/transport.ts'
import type { MeshTuning } from '../tuning.ts'
import type { EnrolmentDesk, Membership } from '../types.ts'
import { answerEnrol } from './exchange.ts'

/** Attempts by peer, by host (a test bench may enrol dozens from one) and in total. */
const byPeerLimit = { burst: 6, perMinute: 12 }
const byHostLimit = { burst: 64, perMinute: 120 }
const totalLimit = { burst: 128, perMinute: 600 }
const maxAtOnce = 16

export interface EnrolServiceDeps {
  readonly self: PeerIdText
  readonly membership: Membership
  readonly desk: EnrolmentDesk
  /** The connections on which they come. Handlers are given to it before it starts. */
  readonly transport: { readonly gate: Gate; handleStrangers(protocol: string, handler: StrangerHandler): void }
  readonly incidents: Incidents
  readonly clock: Clock
  readonly logger: Logger
}

/** A station's counter for those who want to become members. */
export class EnrolService implements Startable {
  readonly #deps: EnrolServiceDeps
  readonly #tuning: MeshTuning
  readonly #byPeer: RateLimiter
  readonly #byHost: RateLimiter
  readonly #total: RateLimiter
  #underWay = 0
  #stopping = new AbortController()

  constructor(deps: EnrolServiceDeps, tuning: MeshTuning) {
    this.#deps = deps
    this.#tuning = tuning
    this.#byPeer = new RateLimiter(deps.clock, byPeerLimit)
    this.#byHost = new RateLimiter(deps.clock, byHostLimit)
    this.#total = new RateLimiter(deps.clock, totalLimit)
    deps.transport.handleStrangers(enrolProtocol, this.#onStream)
  }

  async start(): Promise<void> {
    this.#stopping = new AbortController()
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new FleetError('ABORTED', 'this station is stopping'))
  }

  readonly #onStream = async (stream: Stream, connection: Connection): Promise<void> => {
    const { transport, incidents, clock, logger } = this.#deps
    const remote = remoteIdOf(connection)
    this.#underWay++
    try {
      if (remote === null) throw new FleetError('ENROL_REFUSED', 'a member’s key is an Ed25519 key')
      this.#limit(remote, connection)
      transport.gate.extend(connection, this.#tuning.enrolDeadlineMs)
      const { name } = await withDeadline(clock, this.#tuning.enrolDeadlineMs, this.#stopping.signal, (signal) => {
        const { self, membership, desk } = this.#deps
        return answerEnrol(stream, { self, remote, signal }, membership, desk)
      })
      logger.info('a member joined', { peer: remote, name })
    } catch (thrown) {
      const error = streamError(thrown)
      stream.abort(error)
      incidents.report(remote, 'enrol-refused', error)
      // A member may renew its certificate on a connection that is otherwise in order.
      if (transport.gate.standing(connection) !== 'admitted') await closeConnection(connection, error)
    } finally {
      this.#underWay--
    }
  }

  #limit(remote: PeerIdText, connection: Connection): void {
    const allowed = this.#byPeer.take(remote) && this.#byHost.take(remoteHostOf(connection)) && this.#total.take('')
    if (!allowed || this.#underWay > maxAtOnce) throw new FleetError('RATE_LIMITED', 'too many attempts to enrol')
  }
}
