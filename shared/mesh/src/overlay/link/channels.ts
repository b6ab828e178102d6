import { type Cancel, type Clock, Emitter, FleetError, type Signal, type Startable, toFleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { type LinkFrame, linkProtocol, maxLinkFrameBytes } from '@wrale/protocol/wire'
import type { Conduct } from '../../conduct.ts'
import { RateLimiter } from '../../rate-limiter.ts'
import type { FrameStream, Link, Transport } from '../../transport/transport.ts'
import { LinkChannel } from './link-channel.ts'

/** In which the stream of a new link must stand, ms. */
const openDeadlineMs = 10_000
/** Frames that one peer may send: far above what a fleet says, far below what costs a small board its processor. */
const framesByPeer = { burst: 600, perMinute: 12_000 }
/** Records that one peer may push: a thousand at once, and three hundred a second for ever. */
const recordsByPeer = { burst: 3000, perMinute: 18_000 }

export interface ChannelsDeps {
  readonly transport: Transport
  readonly conduct: Conduct
  readonly clock: Clock
}

/** What was heard on a channel. */
export interface Heard {
  readonly channel: LinkChannel
  readonly frame: LinkFrame
}

interface Entry {
  readonly channel: LinkChannel
  readonly ending: AbortController
  readonly cancelDeadline: Cancel
}

/** A channel on every link: opened by the side that dialled, read until it ends. A link whose channel ends is closed. */
export class Channels implements Startable {
  readonly #deps: ChannelsDeps
  readonly #windowMs: number
  readonly #entries = new Map<PeerIdText, Entry>()
  readonly #frames: RateLimiter
  readonly #records: RateLimiter
  readonly #opened = new Emitter<LinkChannel>()
  readonly #closed = new Emitter<LinkChannel>()
  readonly #riding = new Emitter<LinkChannel>()
  readonly #listeners: Array<(heard: Heard) => Promise<void> | void> = []
  #unsubscribe: () => void = () => undefined

  /** One can speak on it. */
  readonly opened: Signal<LinkChannel> = this.#opened
  /** A channel that was open is no more. */
  readonly closed: Signal<LinkChannel> = this.#closed
  /** A frame is about to go: what can wait may be added. */
  readonly riding: Signal<LinkChannel> = this.#riding

  constructor(deps: ChannelsDeps, windowMs: number) {
    this.#deps = deps
    this.#windowMs = windowMs
    this.#frames = new RateLimiter(deps.clock, framesByPeer)
    this.#records = new RateLimiter(deps.clock, recordsByPeer)
    deps.transport.handle(linkProtocol, {
      maxBytes: maxLinkFrameBytes,
      maxStreams: 1,
      serve: (stream, link) => this.#serve(stream, link),
    })
  }

  async start(): Promise<void> {
    const { transport } = this.#deps
    const opened = transport.opened.subscribe((link) => this.#add(link))
    const closed = transport.closed.subscribe((link) => this.#remove(link))
    this.#unsubscribe = () => {
      opened()
      closed()
    }
  }

  async stop(): Promise<void> {
    this.#unsubscribe()
    for (const { channel } of [...this.#entries.values()]) this.#remove(channel.link)
  }

  /** Channels on which one can speak. */
  all(): LinkChannel[] {
    const open: LinkChannel[] = []
    for (const { channel } of this.#entries.values()) if (channel.isOpen) open.push(channel)
    return open
  }

  get(peer: PeerIdText): LinkChannel | undefined {
    const channel = this.#entries.get(peer)?.channel
    return channel?.isOpen === true ? channel : undefined
  }

  /** Calls `listener` for every frame, in the order in which listeners were added; the next frame of the peer is read when all are through. */
  listen(listener: (heard: Heard) => Promise<void> | void): void {
    this.#listeners.push(listener)
  }

  #add(link: Link): void {
    const known = this.#entries.get(link.id)
    if (known !== undefined) this.#remove(known.channel.link)
    const { clock } = this.#deps
    const channel = new LinkChannel({ clock, riding: (one) => this.#riding.emit(one) }, link, this.#windowMs)
    const ending = new AbortController()
    const cancelDeadline = clock.schedule(openDeadlineMs, () => {
      link.close(new FleetError('TIMEOUT', `no link stream within ${openDeadlineMs} ms`))
    })
    this.#entries.set(link.id, { channel, ending, cancelDeadline })
    if (link.outbound) void this.#open(channel, ending.signal)
  }

  #remove(link: Link): void {
    const entry = this.#entries.get(link.id)
    if (entry?.channel.link !== link) return
    this.#entries.delete(link.id)
    entry.cancelDeadline()
    const wasOpen = entry.channel.isOpen
    entry.channel.end()
    entry.ending.abort(new FleetError('UNAVAILABLE', 'the link closed'))
    if (wasOpen) this.#closed.emit(entry.channel)
  }

  async #open(channel: LinkChannel, signal: AbortSignal): Promise<void> {
    try {
      const stream = await channel.link.open(linkProtocol, { maxBytes: maxLinkFrameBytes, signal })
      await this.#run(channel, stream)
    } catch (error) {
      this.#ended(channel.link, error)
    }
  }

  async #serve(stream: FrameStream, link: Link): Promise<void> {
    const channel = this.#entries.get(link.id)?.channel
    if (link.outbound || channel?.link !== link || channel.isOpen)
      throw new FleetError('FORBIDDEN', 'the side that dialled opens the link stream, once')
    try {
      await this.#run(channel, stream)
    } catch (error) {
      this.#ended(link, error)
      throw error
    }
  }

  async #run(channel: LinkChannel, stream: FrameStream): Promise<void> {
    const entry = this.#entries.get(channel.link.id)
    if (entry?.channel !== channel) throw new FleetError('UNAVAILABLE', 'the link closed')
    entry.cancelDeadline()
    channel.attach(stream)
    this.#opened.emit(channel)
    for (;;) {
      const frame = await channel.read()
      if (!channel.isOpen) return
      this.#budget(channel.link.id, frame)
      for (const listener of this.#listeners) await listener({ channel, frame })
    }
  }

  /** Offences end the link when they become too many. */
  #budget(peer: PeerIdText, { r = [] }: LinkFrame): void {
    let allowed = this.#frames.take(peer)
    for (let count = r.length; count > 0; count--) allowed = this.#records.take(peer) && allowed
    if (!allowed)
      this.#deps.conduct.offence(peer, 'link-flood', new FleetError('RATE_LIMITED', 'too much is said on a link'))
  }

  #ended(link: Link, thrown: unknown): void {
    const error = toFleetError(thrown, 'UNAVAILABLE')
    if (error.code === 'FRAME_INVALID' || error.code === 'FRAME_TOO_LARGE')
      this.#deps.conduct.offence(link.id, 'link-rejected', error)
    link.close(error)
  }
}
