import { FleetError, toFleetError } from '@wrale/kernel'
import { decodeCbor, encodeCbor } from '@wrale/protocol'
import type { z } from 'zod'
import type { EndingStream } from '../serve-stream.ts'
import type { StreamOptions } from '../transport.ts'

/** So much is written before the other end has read anything, bytes, and one frame more. The other end says so each time that it read as much. */
const windowBytes = 128 * 1024
/** Bytes that may wait for the window; who writes on without awaiting loses the stream. */
const maxQueuedBytes = 4 * 1024 * 1024

/** How a stream reaches its other end. */
export interface StreamWire {
  frame(bytes: Uint8Array): void
  /** So many bytes were read. */
  credit(bytes: number): void
  end(): void
  reset(): void
  /** Both directions are over. */
  over(): void
}

/** `signal` is left out where the link sees to the stream's end. */
type MemoryStreamOptions = Pick<StreamOptions, 'maxBytes'> & Partial<Pick<StreamOptions, 'signal'>>

/** One end of a stream in memory. */
export class MemoryStream implements EndingStream {
  readonly #wire: StreamWire
  readonly #maxBytes: number
  readonly #signal: AbortSignal | undefined
  readonly #inbox: Uint8Array[] = []
  readonly #readers: Array<PromiseWithResolvers<Uint8Array>> = []
  readonly #writers: Array<PromiseWithResolvers<void> & { readonly bytes: Uint8Array }> = []
  #queuedBytes = 0
  #underWayBytes = 0
  #unreportedBytes = 0
  #readOver = false
  #writeOver = false
  #failure: FleetError | undefined
  readonly #ended = Promise.withResolvers<void>()
  readonly over: Promise<void> = this.#ended.promise

  constructor(wire: StreamWire, options: MemoryStreamOptions) {
    this.#wire = wire
    this.#maxBytes = options.maxBytes
    this.#signal = options.signal
    options.signal?.addEventListener('abort', this.#onAbort, { once: true })
    if (options.signal?.aborted === true) this.#onAbort()
  }

  async read<S extends z.ZodType>(schema: S): Promise<z.output<S>> {
    const bytes = await this.#next()
    if (bytes.byteLength > this.#maxBytes) {
      const maxBytes = this.#maxBytes
      throw this.#fail(new FleetError('FRAME_TOO_LARGE', `a frame longer than ${maxBytes} bytes`, { maxBytes }))
    }
    return decodeCbor(bytes, schema, { maxBytes: this.#maxBytes })
  }

  async write(value: unknown): Promise<void> {
    const bytes = encodeCbor(value)
    const size = bytes.byteLength
    if (size > this.#maxBytes)
      throw new FleetError('TOO_LARGE', `a frame of ${size} bytes where at most ${this.#maxBytes} fit`)
    if (this.#failure !== undefined) throw this.#failure
    if (this.#writeOver) throw ended()
    if (this.#writers.length === 0 && this.#open) {
      this.#underWayBytes += size
      this.#wire.frame(bytes)
      return
    }
    if (this.#queuedBytes + size > maxQueuedBytes)
      throw this.#fail(new FleetError('UNAVAILABLE', 'more is written than the other side reads'))
    this.#queuedBytes += size
    const writer = { ...Promise.withResolvers<void>(), bytes }
    this.#writers.push(writer)
    await writer.promise
  }

  async close(): Promise<void> {
    if (this.#writeOver) return
    this.#writeOver = true
    await this.#writers.at(-1)?.promise.catch(() => undefined)
    if (this.#failure !== undefined) return
    this.#wire.end()
    this.#settle()
  }

  abort(why: FleetError): void {
    if (this.#isOver) return
    this.#fail(why)
  }

  /** A frame came from the other end. */
  receive(bytes: Uint8Array): void {
    if (this.#failure !== undefined) return
    const reader = this.#readers.shift()
    if (reader === undefined) {
      this.#inbox.push(bytes)
      return
    }
    this.#report(bytes)
    reader.resolve(bytes)
  }

  /** The other end read so much. */
  credited(bytes: number): void {
    this.#underWayBytes -= bytes
    while (this.#open) {
      const first = this.#writers.shift()
      if (first === undefined) return
      this.#queuedBytes -= first.bytes.byteLength
      this.#underWayBytes += first.bytes.byteLength
      this.#wire.frame(first.bytes)
      first.resolve()
    }
  }

  /** The other end will write nothing more. */
  endedByPeer(): void {
    this.#readOver = true
    for (const reader of this.#readers.splice(0)) reader.reject(ended())
    this.#settle()
  }

  /** The stream broke: by a reset of the other end, or with its link. */
  broken(why: FleetError): void {
    if (!this.#isOver) this.#break(why)
  }

  readonly #onAbort = (): void => {
    this.abort(toFleetError(this.#signal?.reason, 'ABORTED'))
  }

  #next(): Promise<Uint8Array> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const bytes = this.#inbox.shift()
    if (bytes !== undefined) {
      this.#report(bytes)
      return Promise.resolve(bytes)
    }
    if (this.#readOver) return Promise.reject(ended())
    const reader = Promise.withResolvers<Uint8Array>()
    this.#readers.push(reader)
    return reader.promise
  }

  get #open(): boolean {
    return this.#underWayBytes < windowBytes
  }

  /** Tells the other end what was read, once it is much, as yamux does. */
  #report({ byteLength }: Uint8Array): void {
    this.#unreportedBytes += byteLength
    if (this.#unreportedBytes < windowBytes || this.#readOver) return
    this.#wire.credit(this.#unreportedBytes)
    this.#unreportedBytes = 0
  }

  #fail(why: FleetError): FleetError {
    this.#break(why)
    this.#wire.reset()
    return why
  }

  #break(why: FleetError): void {
    this.#failure ??= why
    this.#inbox.length = 0
    for (const waiting of [...this.#readers.splice(0), ...this.#writers.splice(0)]) waiting.reject(why)
    this.#settle()
  }

  get #isOver(): boolean {
    return this.#failure !== undefined || (this.#readOver && this.#writeOver)
  }

  #settle(): void {
    if (!this.#isOver) return
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#ended.resolve()
    this.#wire.over()
  }
}

function ended(): FleetError {
  return new FleetError('UNAVAILABLE', 'the stream ended')
}
