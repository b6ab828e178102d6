import { type Cancel, type Clock, Emitter, FleetError, type Logger, type Startable, toFleetError } from '@wrale/kernel'
import { parseClaimCode } from '@wrale/protocol/membership'
import type { PeerIdText } from '@wrale/protocol'
import type { Certificate, Identity } from '@wrale/protocol/signing'
import { claimProtocol } from '@wrale/protocol/wire'
import { withDeadline } from '../../deadline.ts'
import { type Found, questionFor, readMessage } from '../../discovery/messages.ts'
import { Multicast, type PacketGroup, type PacketHandlers } from '../../discovery/multicast.ts'
import { jittered } from '../../tuning.ts'
import type { Membership } from '../../types.ts'
import { BriefNode } from './brief-node.ts'
import { ClaimRound } from './claim-round.ts'
import { type ClaimedMachine, claimMachine, lookAt } from './conversation.ts'
import { claimServiceNames } from './names.ts'
import { type PendingMachine, PendingMachines } from './pending.ts'
import { stretchClaimCode } from './stretch.ts'

export interface ClaimSearchDeps {
  readonly identity: Identity
  readonly membership: Membership
  readonly clock: Clock
  readonly logger: Logger
  /** Default: multicast on the local network. */
  readonly group?: (handlers: PacketHandlers) => PacketGroup
}

/** Signs a machine's certificate, or throws why it may not have one. */
type Certify = (machine: ClaimedMachine) => Promise<Certificate>

export interface ClaimSearchOptions {
  readonly software: string
  /** Look on the local network. Without it only addresses that are named are tried. */
  readonly mdns: boolean
}

/** Questions after somebody began to look, ms since then; nobody who goes on looking brings more than one in `askGapMs`. */
const askAtMs = [0, 700, 2500, 6000]
const askGapMs = 5000
/** Mean time between questions while nobody looks, ms: enough to say one day that a machine waits. */
const rarelyMs = 10 * 60_000
/** A machine that answered so lately is not asked again, ms. */
const freshMs = 8000
/** Machines that are spoken to at once, and more that wait for it. */
const maxAtOnce = 4
const maxQueued = 128
const lookDeadlineMs = 5000
const claimDeadlineMs = 20_000
/** How long a code that fits no machine yet waits for further machines to turn up, ms. */
const patienceMs = 8000

/** A station's eyes for machines that belong to no fleet, and its hand to take them in. */
export class ClaimSearch implements Startable {
  readonly #deps: ClaimSearchDeps
  readonly #mdns: boolean
  readonly #node: BriefNode
  readonly #group: PacketGroup
  readonly #pending: PendingMachines
  readonly #queue = new Map<PeerIdText, Found>()
  readonly #met = new Emitter<PendingMachine>()
  #underWay = 0
  #cancels: Cancel[] = []
  #askedMs = Number.NEGATIVE_INFINITY
  #stopping = new AbortController()
  #started = false

  constructor(deps: ClaimSearchDeps, { software, mdns }: ClaimSearchOptions) {
    const { identity, clock, logger } = deps
    this.#deps = deps
    this.#mdns = mdns
    this.#node = new BriefNode({ identity, clock, software })
    this.#pending = new PendingMachines(clock)
    const group = deps.group ?? ((handlers) => new Multicast(clock, logger, handlers))
    this.#group = group({ onPacket: (bytes) => this.#onPacket(bytes), onInterfaces: () => undefined })
  }

  async start(): Promise<void> {
    if (this.#started) return
    this.#started = true
    this.#stopping = new AbortController()
    if (!this.#mdns) return
    await this.#group.start()
    this.#askRarely()
  }

  async stop(): Promise<void> {
    if (!this.#started) return
    this.#started = false
    this.#stopping.abort(new FleetError('ABORTED', 'this station is stopping'))
    for (const cancel of this.#cancels.splice(0)) cancel()
    this.#queue.clear()
    if (this.#mdns) await this.#group.stop()
    await this.#node.stop()
  }

  /** Machines that wait, as last met. Somebody looks at them: they are looked for. */
  look(): readonly PendingMachine[] {
    const { clock } = this.#deps
    if (this.#started && clock.monotonicMs() - this.#askedMs >= askGapMs) {
      this.#askedMs = clock.monotonicMs()
      for (const afterMs of askAtMs) this.#later(afterMs, () => this.#ask())
      // Who was met before is visited, so that it goes from the list when it is gone.
      for (const { id, address } of this.#pending.list()) this.#enqueue({ peer: id, addresses: [address] })
    }
    return this.#pending.list()
  }

  /**
   * Takes in the machine whose code this is.
   * @param certify signs the machine's certificate, or throws why it may not have one
   * @param address multiaddr of the machine, where it cannot be found
   * @throws FleetError INPUT_INVALID; NOT_FOUND when no machine answers to the code; RATE_LIMITED when one wants to be left alone for now; what `certify` throws
   */
  async claim(text: string, certify: Certify, address?: string): Promise<Certificate> {
    const code = parseClaimCode(text)
    const { clock } = this.#deps
    if (address !== undefined) await this.#visit({ peer: undefined, addresses: [address] })
    this.look()
    const round: ClaimRound = new ClaimRound(code, (machine, signal) =>
      this.#attempt(machine, code, signal, async (claimed) => {
        try {
          return await certify(claimed)
        } catch (thrown) {
          // It is the right machine, and this station may not take it in: no other needs to be tried.
          const why = toFleetError(thrown)
          round.end(why)
          throw why
        }
      }),
    )
    const stopped = (): void => round.end(new FleetError('ABORTED', 'this station is stopping'))
    const unsubscribe = this.#met.subscribe((machine) => round.try(machine))
    // Who names the machine's address, or cannot look around, need not wait for others to turn up.
    const waitMs = address === undefined && this.#mdns ? patienceMs : 0
    const cancel = clock.schedule(waitMs, () => round.noMore())
    this.#stopping.signal.addEventListener('abort', stopped, { once: true })
    try {
      for (const machine of this.#pending.list()) round.try(machine)
      return await round.outcome
    } finally {
      unsubscribe()
      cancel()
      this.#stopping.signal.removeEventListener('abort', stopped)
    }
  }

  async #attempt(
    { id, address }: PendingMachine,
    code: string,
    ended: AbortSignal,
    certify: Certify,
  ): Promise<Certificate> {
    const { clock, identity, logger, membership } = this.#deps
    try {
      const certificate = await withDeadline(clock, claimDeadlineMs, ended, async (signal) => {
        const stretched = await stretchClaimCode(code, id)
        return this.#node.withStream({ machine: id, addresses: [address] }, claimProtocol, signal, (stream, remote) =>
          claimMachine(stream, { self: identity.id, remote, signal }, { membership, stretched, certify }),
        )
      })
      this.#pending.gone(id)
      return certificate
    } catch (thrown) {
      const error = toFleetError(thrown)
      logger.info('a machine was not claimed', { machine: id, code: error.code, error: error.message })
      if (error.code === 'UNAVAILABLE' || error.code === 'TIMEOUT') this.#pending.gone(id)
      throw error
    }
  }

  #onPacket(bytes: Uint8Array): void {
    const message = readMessage(bytes, [claimServiceNames.members])
    if (message?.type === 'answer') this.#enqueue(message.found)
  }

  #enqueue(found: Found): void {
    const metMs = this.#pending.get(found.peer)?.lastSeenMs ?? Number.NEGATIVE_INFINITY
    if (!this.#started || this.#deps.clock.monotonicMs() - metMs < freshMs || this.#queue.size >= maxQueued) return
    this.#queue.set(found.peer, found)
    this.#work()
  }

  #work(): void {
    const [next] = this.#queue.values()
    if (next === undefined || this.#underWay >= maxAtOnce) return
    this.#queue.delete(next.peer)
    this.#underWay++
    void this.#visit(next).finally(() => {
      this.#underWay--
      this.#work()
    })
    this.#work()
  }

  /** Asks a machine who it is. Never throws: who does not answer is not there. */
  async #visit({ peer, addresses }: { peer: PeerIdText | undefined; addresses: readonly string[] }): Promise<void> {
    const { clock, logger } = this.#deps
    try {
      await withDeadline(clock, lookDeadlineMs, this.#stopping.signal, (signal) =>
        this.#node.withStream({ machine: peer, addresses }, claimProtocol, signal, async (stream, remote, address) => {
          const machine = this.#pending.met(remote, await lookAt(stream, signal), address)
          if (machine !== undefined) this.#met.emit(machine)
        }),
      )
    } catch (error) {
      if (peer !== undefined) this.#pending.gone(peer)
      logger.debug('a machine that waits did not answer', { machine: peer, error })
    }
  }

  #ask(): void {
    const question = questionFor(claimServiceNames.members, claimServiceNames.members, [])
    for (const on of this.#group.interfaces()) this.#group.send(question, on)
  }

  #askRarely(): void {
    this.#ask()
    this.#later(jittered(rarelyMs), () => this.#askRarely())
  }

  #later(afterMs: number, task: () => void): void {
    const cancel = this.#deps.clock.schedule(afterMs, () => {
      this.#cancels = this.#cancels.filter((one) => one !== cancel)
      if (this.#started && this.#mdns) task()
    })
    this.#cancels.push(cancel)
  }
}
