import type { Clock, Logger, Startable, Unsubscribe } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { Conduct } from '../conduct.ts'
import type { Transport } from '../transport/transport.ts'
import type { MeshTuning } from '../tuning.ts'
import type { ReplicaPort } from '../types.ts'
import type { FleetClock } from './fleet-clock.ts'
import { Channels } from './link/channels.ts'
import type { LinkChannel } from './link/link-channel.ts'
import { Liveness } from './liveness/liveness.ts'
import { Neighbours } from './neighbours/neighbours.ts'
import { Push } from './push/push.ts'

export interface OverlayDeps {
  readonly transport: Transport
  readonly replica: ReplicaPort
  readonly conduct: Conduct
  readonly fleetClock: FleetClock
  /** A peer said that it has records which it could not give: they must be pulled. */
  readonly missed: (peer: PeerIdText) => void
  readonly clock: Clock
  readonly logger: Logger
  readonly random: () => number
}

/**
 * What members do on their links: push records, show life, choose neighbours, tell the time. Start it before the transport and its
 * `neighbours`, who dial, after it.
 */
export class Overlay implements Startable {
  readonly push: Push
  readonly liveness: Liveness
  readonly neighbours: Neighbours
  readonly #deps: OverlayDeps
  readonly #channels: Channels
  #subscriptions: Unsubscribe[] = []

  constructor(deps: OverlayDeps, tuning: MeshTuning, staticAddresses: readonly string[]) {
    const { transport, replica, conduct, fleetClock, clock, logger, random } = deps
    this.#deps = deps
    const channels = new Channels({ transport, conduct, clock }, tuning.frameWindowMs)
    this.#channels = channels
    this.push = new Push(
      {
        voice: {
          push: (peer, records) => channels.get(peer)?.push(records),
          tell: (peer, ids, urgency) => channels.get(peer)?.tell(ids, urgency),
          want: (peer, ids) => channels.get(peer)?.want(ids),
          say: (peer, part) => channels.get(peer)?.say(part, 'now'),
        },
        receive: (sealed, from) => replica.receive(sealed, { from, ageMs: 0 }),
        offence: (peer, error) => conduct.offence(peer, 'push-rejected', error),
        missed: deps.missed,
        clock,
        random,
      },
      tuning,
    )
    this.liveness = new Liveness(
      {
        self: transport.self,
        clock,
        logger,
        random,
        fleetSize: () => this.neighbours.fleetSize,
        fleetTimeMs: () => (fleetClock.isKnown ? fleetClock.wallMs() : undefined),
        heardTime: (peer, wallMs, rttMs) => fleetClock.observe(peer, wallMs, rttMs / 2),
      },
      tuning,
    )
    this.neighbours = new Neighbours(
      {
        transport,
        contacts: () => replica.contacts(),
        isWatch: (peer) => this.liveness.isWatch(peer),
        isEager: (peer) => this.push.isEager(peer),
        channel: (peer) => channels.get(peer),
        clock,
        logger,
        random,
      },
      tuning,
      staticAddresses,
    )
    channels.listen(({ channel: { link }, frame }) => {
      this.liveness.heard(link.id, frame)
      this.neighbours.heard(link.id, frame)
      return this.push.heard(link.id, frame)
    })
  }

  async start(): Promise<void> {
    if (this.#subscriptions.length > 0) return
    this.#subscriptions = [
      this.#channels.opened.subscribe((channel) => this.#opened(channel)),
      this.#channels.closed.subscribe(({ link }) => {
        this.liveness.closed(link.id)
        this.push.closed(link.id)
      }),
      this.#channels.riding.subscribe(({ link }) => {
        this.liveness.riding(link.id)
        this.neighbours.riding(link.id)
        this.push.riding(link.id)
      }),
      this.#deps.replica.written.subscribe(({ sealed }) => this.push.wrote(sealed)),
    ]
    await this.#channels.start()
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#subscriptions.splice(0)) unsubscribe()
    await this.#channels.stop()
    this.push.stop()
    this.liveness.stop()
  }

  #opened(channel: LinkChannel): void {
    const { link } = channel
    const { clock, fleetClock } = this.#deps
    fleetClock.raiseFloor(link.certificate.notBefore)
    fleetClock.observe(link.id, clock.wallMs() + link.clockErrorMs, clock.monotonicMs() - link.sinceMs)
    this.push.opened(link.id)
    this.liveness.opened(channel)
  }
}
