import { type Clock, Emitter, FleetError, Lifecycle, type Logger, type Signal, type Startable } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { z } from 'zod'
import type { BackoffBook } from './backoff-book.ts'
import { Conduct } from './conduct.ts'
import type { Incidents } from './incidents.ts'
import { FleetClock } from './overlay/fleet-clock.ts'
import { Overlay } from './overlay/overlay.ts'
import { RecordSync } from './replication/record-sync.ts'
import { type AnswerOptions, type CallOptions, Requests } from './requests.ts'
import type { Link, Transport } from './transport/transport.ts'
import type { MeshTuning } from './tuning.ts'
import type { LostPeer, Mesh, MeshPeer, ReplicaPort, SecurityIncident } from './types.ts'

export interface MeshMemberDeps {
  readonly transport: Transport
  readonly replica: ReplicaPort
  readonly incidents: Incidents
  /** Peers that misbehaved and are kept out for a while. */
  readonly penalties: BackoffBook
  readonly fleetClock?: FleetClock
  readonly clock: Clock
  readonly logger: Logger
  readonly random: () => number
}

/** A member on any transport. What is particular to one (discovery, enrolment) is started after it. */
export class MeshMember implements Mesh {
  readonly #deps: MeshMemberDeps
  readonly #overlay: Overlay
  readonly #requests: Requests
  readonly #parts: Startable
  readonly #admitted = new Emitter<MeshPeer>()
  readonly #lost = new Emitter<LostPeer>()

  readonly id: PeerIdText
  readonly peerAdmitted: Signal<MeshPeer> = this.#admitted
  readonly peerLost: Signal<LostPeer> = this.#lost
  readonly incidents: Signal<SecurityIncident>

  /**
   * @param staticAddresses of peers to dial and keep dialling
   * @param around parts that are started when the member listens
   */
  constructor(
    deps: MeshMemberDeps,
    tuning: MeshTuning,
    staticAddresses: readonly string[],
    around: readonly Startable[] = [],
  ) {
    const { transport, replica, incidents, penalties, clock, logger, random } = deps
    this.#deps = deps
    this.id = transport.self
    this.incidents = incidents.reported
    const conduct = new Conduct({
      clock,
      incidents,
      penalties,
      disconnect: (peer, why) => transport.link(peer)?.close(why),
    })
    this.#requests = new Requests({ transport, clock, conduct })
    const sync = new RecordSync(
      {
        transport,
        replica,
        conduct,
        clock,
        logger,
        random,
        passOn: (sealed, ageMs) => this.#overlay.push.pulled(sealed, ageMs),
      },
      tuning,
    )
    const fleetClock = deps.fleetClock ?? new FleetClock(clock)
    this.#overlay = new Overlay(
      { transport, replica, conduct, fleetClock, missed: (peer) => sync.pull(peer), clock, logger, random },
      tuning,
      staticAddresses,
    )
    this.#overlay.push.pushedAgain.subscribe((sealed) => sync.pushed(sealed))
    transport.guard((peer) =>
      penalties.isDeferred(peer)
        ? new FleetError('FORBIDDEN', 'this peer is kept out for a while')
        : this.#overlay.neighbours.refusal(peer),
    )
    transport.opened.subscribe((link) => this.#admitted.emit(this.#peer(link)))
    transport.closed.subscribe((link) => {
      if (transport.link(link.id) !== undefined) return
      this.#lost.emit({ ...this.#peer(link), givenUp: this.#overlay.neighbours.isGivenUp(link.id) })
    })
    this.#parts = new Lifecycle([sync, this.#overlay, transport, this.#overlay.neighbours, ...around])
  }

  addresses(): readonly string[] {
    return this.#deps.transport.addresses()
  }

  peers(): readonly MeshPeer[] {
    return this.#deps.transport.links().map((link) => this.#peer(link))
  }

  async start(): Promise<void> {
    await this.#parts.start()
  }

  async stop(): Promise<void> {
    await this.#parts.stop()
  }

  /** Members of the fleet, this one included, as far as it is known. */
  get fleetSize(): number {
    return this.#overlay.neighbours.fleetSize
  }

  /** A peer was discovered at these addresses. */
  found(peer: PeerIdText, addresses: readonly string[]): void {
    this.#overlay.neighbours.found(peer, addresses)
  }

  suspect(peer: PeerIdText): void {
    this.#overlay.liveness.suspect(peer)
  }

  async ask<S extends z.ZodType>(
    peer: PeerIdText,
    protocol: string,
    request: unknown,
    options: CallOptions<S>,
  ): Promise<z.output<S>> {
    const link = await this.#overlay.neighbours.linkTo(peer, options.signal)
    return this.#requests.call(link, protocol, request, options)
  }

  answer<S extends z.ZodType>(protocol: string, options: AnswerOptions<S>): void {
    this.#requests.answer(protocol, options)
  }

  #peer({ id, role, name, software, address, certificate, clockErrorMs, sinceMs }: Link): MeshPeer {
    const pulse = this.#overlay.liveness.pulseOf(id)
    const heardAgoMs = this.#deps.clock.monotonicMs() - (pulse?.heardMs ?? sinceMs)
    const facts = { id, role, name, software, address, certificate, clockErrorMs, heardAgoMs }
    return {
      ...facts,
      ...(pulse?.rttMs === undefined ? {} : { rttMs: pulse.rttMs }),
      ...(pulse?.lossRatio === undefined ? {} : { lossRatio: pulse.lossRatio }),
    }
  }
}
