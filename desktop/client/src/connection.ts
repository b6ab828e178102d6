import type { StandardRequest, StandardResponse } from '@orpc/standard-server'
import { ClientPeer } from '@orpc/standard-server-peer'
import { type Cancel, type Clock, FleetError } from '@wrale/kernel'

/** Longest message taken from a station, characters. A snapshot of 10,000 nodes is about 8 million. */
const maxMessageLength = 32 * 1024 * 1024

/** One open pipe to a station, whatever it is made of. */
export interface Pipe {
  send(message: string): void
  close(): void
}

/**
 * Calls and streams over one pipe. While anything is awaited, the station must say something every `silenceMs`: streams are kept
 * alive by it, so silence means that the pipe is dead even if nothing closed it. Once closed it stays closed.
 */
export class Connection {
  readonly #pipe: Pipe
  readonly #clock: Clock
  readonly #silenceMs: number
  readonly #peer: ClientPeer
  #closedBy: FleetError | undefined
  #heardAt = 0
  #cancelWatchdog: Cancel | undefined

  constructor(pipe: Pipe, deps: { readonly clock: Clock }, options: { readonly silenceMs: number }) {
    this.#pipe = pipe
    this.#clock = deps.clock
    this.#silenceMs = options.silenceMs
    this.#peer = new ClientPeer((message) => {
      // Whoever waits was told by `close`. What is still sent are aborts, and nobody would catch what is thrown at those.
      if (this.#closedBy !== undefined) return
      if (typeof message !== 'string')
        throw new FleetError('INPUT_INVALID', 'binary messages are not part of the contract')
      try {
        pipe.send(message)
      } catch (error) {
        this.close(new FleetError('UNAVAILABLE', 'the connection to the station broke', {}, { cause: error }))
      }
    })
  }

  get closed(): boolean {
    return this.#closedBy !== undefined
  }

  async request(request: StandardRequest): Promise<StandardResponse> {
    if (this.#closedBy !== undefined) throw this.#closedBy
    if (this.#cancelWatchdog === undefined) {
      this.#heardAt = this.#clock.monotonicMs()
      this.#watch()
    }
    try {
      return await this.#peer.request(request)
    } catch (error) {
      throw this.#closedBy ?? error
    }
  }

  /** Takes one message from the pipe. Nothing that a station sends makes this throw: what cannot be read closes the pipe. */
  receive(message: unknown): void {
    if (this.#closedBy !== undefined) return
    this.#heardAt = this.#clock.monotonicMs()
    if (typeof message !== 'string' || message.length > maxMessageLength) {
      this.close(
        new FleetError('PROTOCOL_MISMATCH', 'the station sent a message of a form that this version does not know'),
      )
      return
    }
    this.#peer.message(message).catch((error: unknown) => {
      this.close(
        new FleetError('PROTOCOL_MISMATCH', 'the station sent a message that cannot be read', {}, { cause: error }),
      )
    })
  }

  /** Fails everything that is awaited with `error`. The first reason is kept. */
  close(error: FleetError): void {
    if (this.#closedBy !== undefined) return
    this.#closedBy = error
    this.#cancelWatchdog?.()
    this.#peer.close({ reason: error })
    this.#pipe.close()
  }

  /** Looks a few times in the allowed silence; it rests while nothing is awaited, so that an idle client has no timer. */
  #watch(): void {
    this.#cancelWatchdog = this.#clock.schedule(this.#silenceMs / 4, () => {
      this.#cancelWatchdog = undefined
      if (this.#peer.length === 0) return
      const silence = this.#clock.monotonicMs() - this.#heardAt
      if (silence < this.#silenceMs) this.#watch()
      else this.close(new FleetError('UNAVAILABLE', `the station has been silent for ${Math.round(silence / 1000)} s`))
    })
  }
}
