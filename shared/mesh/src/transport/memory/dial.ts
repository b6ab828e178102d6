import { type Cancel, FleetError, toFleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { conflict } from '../prefers-own.ts'
import type { Link } from '../transport.ts'
import type { MemoryLink } from './link.ts'
import type { Pipe } from './pipe.ts'
import type { MemoryTransport } from './transport.ts'

/**
 * Payload of each round trip before the hello, bytes each way: TCP, the choice of Noise, Noise, the choice of yamux and of the hello protocol.
 * With the hello it comes to what libp2p was seen to send on loopback, 935 and 903; how it is spread is an estimate.
 */
const legs: ReadonlyArray<readonly [there: number, back: number]> = [
  [0, 0],
  [80, 60],
  [240, 260],
  [170, 140],
]
const helloBytes = 444

export interface DialOptions {
  /** Who must answer. */
  readonly peer: PeerIdText | undefined
  readonly timeoutMs: number
  readonly over: () => void
}

/** A connection that is being made. */
export class Dial {
  readonly #near: MemoryTransport
  readonly #far: MemoryTransport
  readonly #out: Pipe
  readonly #back: Pipe
  readonly #options: DialOptions
  readonly #result = Promise.withResolvers<Link>()
  readonly #cancel: Cancel
  #over = false
  #accepted: MemoryLink | undefined

  constructor(near: MemoryTransport, far: MemoryTransport, [out, back]: [Pipe, Pipe], options: DialOptions) {
    this.#near = near
    this.#far = far
    this.#out = out
    this.#back = back
    this.#options = options
    // Whoever asked for it may have given up.
    this.#result.promise.catch(() => undefined)
    this.#cancel = near.clock.schedule(options.timeoutMs, () => {
      this.fail(new FleetError('TIMEOUT', `no answer within ${options.timeoutMs} ms`))
    })
    this.#leg(0)
  }

  /** Several may wait for one dial. */
  async result(signal: AbortSignal): Promise<Link> {
    const given = Promise.withResolvers<never>()
    const giveUp = (): void => given.reject(toFleetError(signal.reason, 'ABORTED'))
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      return await Promise.race([this.#result.promise, given.promise])
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  fail(error: FleetError): void {
    if (this.#over) return
    this.#settle()
    this.#result.reject(error)
    const accepted = this.#accepted
    if (accepted === undefined) {
      this.#out.end()
      this.#back.end()
    } else {
      this.#out.send(0, () => {
        accepted.close(new FleetError('UNAVAILABLE', 'the other side gave up'))
        this.#out.end()
        this.#back.end()
      })
    }
  }

  #settle(): void {
    this.#over = true
    this.#cancel()
    this.#options.over()
  }

  /** One round trip after another; the last is the hello's. */
  #leg(index: number): void {
    const sizes = legs[index]
    if (sizes === undefined) {
      this.#hello()
      return
    }
    this.#out.send(sizes[0], () => {
      if (this.#over) return
      const refused = this.#refusedAt(index)
      this.#back.send(sizes[1], () => {
        if (this.#over) return
        if (refused === undefined) this.#leg(index + 1)
        else this.fail(refused)
      })
    })
  }

  /** Who is not there, or not who was meant, shows before any hello. */
  #refusedAt(index: number): FleetError | undefined {
    const { peer } = this.#options
    if (!this.#far.listening) return new FleetError('UNAVAILABLE', `nothing listens on ${this.#far.address}`)
    if (index < 2) return undefined
    if (peer !== undefined && peer !== this.#far.self)
      return new FleetError('UNAVAILABLE', 'another member answers there')
    const refusal = this.#near.refusalOf(this.#far.self)
    if (refusal !== undefined) return refusal
    // The other side closes the connection without a word.
    return this.#far.refusalOf(this.#near.self) && new FleetError('UNAVAILABLE', 'the other side closed the connection')
  }

  #hello(): void {
    const near = this.#near
    // The peer's own connection was faster. That one both sides know.
    if (near.link(this.#far.self) !== undefined) {
      this.#finish(conflict())
      return
    }
    const said = near.introduction()
    this.#out.send(helloBytes, () => {
      if (this.#over) return
      const answer = this.#far.introduction()
      let refusal: FleetError | undefined
      try {
        if (!this.#far.listening) throw new FleetError('UNAVAILABLE', 'the other side is stopping')
        this.#accepted = this.#far.welcome(near, said, this.#back)
      } catch (error) {
        refusal = toFleetError(error)
      }
      this.#back.send(helloBytes, () => {
        if (this.#over) return
        const midwayMs = (said.wallMs + near.clock.wallMs()) / 2
        if (refusal === undefined) this.#join(answer, answer.wallMs - midwayMs)
        else this.#finish(refusal)
      })
      if (this.#accepted !== undefined) this.#far.announce(this.#accepted)
    })
  }

  #join(answer: ReturnType<MemoryTransport['introduction']>, clockErrorMs: number): void {
    const accepted = this.#accepted
    try {
      const link = this.#near.add(answer, this.#out, { outbound: true, clockErrorMs })
      if (accepted !== undefined) link.connect(accepted)
      this.#settle()
      this.#near.announce(link)
      this.#result.resolve(link)
    } catch (error) {
      this.fail(toFleetError(error))
    }
  }

  /** Where another link won, that is the one that was wanted. */
  #finish(refusal: FleetError): void {
    const link = refusal.code === 'CONFLICT' ? this.#near.link(this.#far.self) : undefined
    if (link !== undefined) this.#result.resolve(link)
    this.fail(refusal)
  }
}
