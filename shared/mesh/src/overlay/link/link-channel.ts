import { type Cancel, type Clock, toFleetError } from '@wrale/kernel'
import { type LinkFrame, linkFrameSchema } from '@wrale/protocol/wire'
import type { FrameStream, Link } from '../../transport/transport.ts'
import type { RecordId } from '../record-id.ts'
import { Outbox, type Outgoing } from './outbox.ts'

export interface ChannelDeps {
  readonly clock: Clock
  /** A frame is about to go: whoever has something that can wait adds it here. */
  readonly riding: (channel: LinkChannel) => void
}

/** `now`: at once, but for what was just said. `soon`: within so many ms, or with the next frame that goes. */
export type Urgency = 'now' | { readonly soonMs: number }

/** Speaks and listens on the one long stream of a link. Whatever is to be said at one moment goes in one frame. */
export class LinkChannel {
  readonly link: Link
  /** When the last frame went, monotonic ms; -Infinity before. */
  saidMs = -Infinity
  readonly #deps: ChannelDeps
  readonly #windowMs: number
  readonly #outbox = new Outbox()
  #stream: FrameStream | undefined
  #writingSinceMs: number | undefined
  #dueMs = Infinity
  #cancel: Cancel = () => undefined
  #idle: Array<() => void> = []

  constructor(deps: ChannelDeps, link: Link, windowMs: number) {
    this.#deps = deps
    this.#windowMs = windowMs
    this.link = link
  }

  get isOpen(): boolean {
    return this.#stream !== undefined
  }

  /** How long the peer has not taken what is being written, ms; 0 when nothing is. */
  stalledMs(nowMs: number): number {
    return this.#writingSinceMs === undefined ? 0 : nowMs - this.#writingSinceMs
  }

  attach(stream: FrameStream): void {
    this.#stream = stream
    this.#schedule(0)
  }

  /** The next frame. @throws FleetError as `FrameStream.read` */
  async read(): Promise<LinkFrame> {
    const frame = await this.#stream?.read(linkFrameSchema)
    return frame ?? {}
  }

  push(records: readonly Outgoing[]): void {
    for (const record of records) this.#outbox.push(record)
    if (records.length > 0) this.#schedule(0)
  }

  tell(ids: readonly RecordId[], urgency: Urgency | 'rides'): void {
    for (const id of ids) this.#outbox.tell(id)
    if (ids.length > 0 && urgency !== 'rides') this.#schedule(delayOf(urgency))
  }

  want(ids: readonly RecordId[]): void {
    for (const id of ids) this.#outbox.want(id)
    if (ids.length > 0) this.#schedule(0)
  }

  /** `rides`: with the next frame that goes, whenever that is. */
  say(part: Omit<LinkFrame, 'r' | 'h' | 'w'>, urgency: Urgency | 'rides'): void {
    this.#outbox.put(part)
    if (urgency !== 'rides') this.#schedule(delayOf(urgency))
  }

  /** Resolves when what was said has been handed to the stream, or never will be. */
  async flushed(): Promise<void> {
    if (this.#outbox.isEmpty || this.#stream === undefined) return
    await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  /** Nothing more is said. */
  end(): void {
    this.#stream = undefined
    this.#cancel()
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  #schedule(delayMs: number): void {
    if (this.#stream === undefined || this.#writingSinceMs !== undefined) {
      // Goes when there is a stream, or when it takes more.
      this.#dueMs = Math.min(this.#dueMs, this.#deps.clock.monotonicMs() + delayMs)
      return
    }
    const nowMs = this.#deps.clock.monotonicMs()
    const dueMs = Math.min(this.#dueMs, Math.max(nowMs + delayMs, this.saidMs + this.#windowMs))
    if (dueMs === this.#dueMs && dueMs > nowMs) return
    this.#dueMs = dueMs
    this.#cancel()
    this.#cancel = this.#deps.clock.schedule(Math.max(0, dueMs - nowMs), () => void this.#flush())
  }

  async #flush(): Promise<void> {
    const stream = this.#stream
    if (stream === undefined || this.#writingSinceMs !== undefined) return
    this.#dueMs = Infinity
    this.#deps.riding(this)
    if (this.#outbox.isEmpty) return
    this.saidMs = this.#writingSinceMs = this.#deps.clock.monotonicMs()
    try {
      await stream.write(this.#outbox.take())
    } catch (error) {
      this.link.close(toFleetError(error, 'UNAVAILABLE'))
      this.end()
    }
    this.#writingSinceMs = undefined
    if (this.#outbox.isEmpty) for (const resolve of this.#idle.splice(0)) resolve()
    else this.#schedule(0)
  }
}

function delayOf(urgency: Urgency): number {
  return urgency === 'now' ? 0 : urgency.soonMs
}
