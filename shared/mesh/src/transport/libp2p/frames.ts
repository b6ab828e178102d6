import { setImmediate } from 'node:timers/promises'
import type { Stream } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { FleetError, toFleetError } from '@wrale/kernel'
import { decodeCbor, encodeCbor } from '@wrale/protocol'
import { decode, encodingLength } from 'uint8-varint'
import type { z } from 'zod'
import type { EndingStream } from '../serve-stream.ts'
import type { StreamOptions } from '../transport.ts'
import { ReceiveWindow } from './receive-window.ts'

/** So long one stream may keep the process busy before everything else has its turn, ms. */
const turnMs = 20

/** A libp2p stream as a sequence of frames: an unsigned varint length, then that many bytes of CBOR. */
export class LibP2PFrames implements EndingStream {
  readonly #stream: Stream
  readonly #frames: ReturnType<typeof lpStream>
  readonly #window: ReceiveWindow
  readonly #maxBytes: number
  readonly #signal: AbortSignal
  /** Its reason is what reads and writes fail with. */
  readonly #ending = new AbortController()
  readonly over: Promise<void>
  #turnMs = 0

  constructor(stream: Stream, { maxBytes, signal }: StreamOptions) {
    const maxPrefixBytes = encodingLength(maxBytes)
    this.#stream = stream
    this.#maxBytes = maxBytes
    this.#signal = signal
    this.#window = new ReceiveWindow(stream)
    this.#frames = lpStream(stream, {
      maxDataLength: maxBytes,
      maxLengthLength: maxPrefixBytes,
      // Holds a frame and what the sender may send ahead.
      maxBufferSize: maxBytes + stream.maxReadBufferLength,
      lengthDecoder: (prefix) => {
        if (prefix.byteLength > maxPrefixBytes)
          throw new FleetError('FRAME_TOO_LARGE', 'the length of a frame never ends')
        return decode(prefix)
      },
    })
    const over = Promise.withResolvers<void>()
    this.over = over.promise
    const ended = (): void => {
      signal.removeEventListener('abort', this.#onAbort)
      over.resolve()
    }
    signal.addEventListener('abort', this.#onAbort, { once: true })
    if (stream.status === 'open' || stream.status === 'closing') stream.addEventListener('close', ended, { once: true })
    else ended()
    if (signal.aborted) this.#onAbort()
  }

  async read<S extends z.ZodType>(schema: S): Promise<z.output<S>> {
    let bytes
    try {
      this.#ending.signal.throwIfAborted()
      this.#window.reading = true
      bytes = await this.#frames.read({ signal: this.#ending.signal })
    } catch (error) {
      throw this.#failure(error)
    } finally {
      // A sender that is far ahead waits while this frame is dealt with.
      this.#window.reading = false
    }
    await this.#takeTurns()
    return decodeCbor(bytes.subarray(), schema, { maxBytes: this.#maxBytes })
  }

  async write(value: unknown): Promise<void> {
    const bytes = encodeCbor(value)
    if (bytes.byteLength > this.#maxBytes)
      throw new FleetError('TOO_LARGE', `a frame of ${bytes.byteLength} bytes where at most ${this.#maxBytes} fit`)
    try {
      this.#ending.signal.throwIfAborted()
      await this.#frames.write(bytes, { signal: this.#ending.signal })
    } catch (error) {
      throw this.#failure(error)
    }
  }

  async close(): Promise<void> {
    try {
      await this.#stream.close({ signal: this.#ending.signal })
    } catch (error) {
      this.#stream.abort(this.#failure(error))
    }
  }

  abort(why: FleetError): void {
    this.end(why)
    this.#stream.abort(why)
  }

  /** Nothing more is read or written here, while what was written still goes out. */
  end(why: FleetError): void {
    this.#ending.abort(why)
  }

  readonly #onAbort = (): void => this.abort(toFleetError(this.#signal.reason, 'ABORTED'))

  /** Frames that are here already would otherwise be dealt with in one go, however many a peer sends, and nothing else would run. */
  async #takeTurns(): Promise<void> {
    if (performance.now() - this.#turnMs < turnMs) return
    await setImmediate()
    this.#turnMs = performance.now()
  }

  #failure(error: unknown): FleetError {
    const { signal } = this.#ending
    return signal.aborted ? toFleetError(signal.reason) : frameError(error, this.#maxBytes)
  }
}

/** Names that `@libp2p/utils` gives to its errors; it exports no classes for most of them. */
const tooLarge = new Set(['InvalidDataLengthError', 'InvalidDataLengthLengthError', 'StreamBufferError'])
const invalid = new Set(['InvalidMessageLengthError'])

function frameError(error: unknown, maxBytes: number): FleetError {
  const name = error instanceof Error ? error.name : ''
  if (tooLarge.has(name))
    return new FleetError('FRAME_TOO_LARGE', `a frame longer than ${maxBytes} bytes`, { maxBytes }, { cause: error })
  if (invalid.has(name)) return new FleetError('FRAME_INVALID', 'a frame without a length', {}, { cause: error })
  // A link that breaks, or a peer that stops, ends a stream anywhere: that is nobody's offence.
  if (name === 'UnexpectedEOFError') return new FleetError('UNAVAILABLE', 'the stream ended', {}, { cause: error })
  return toFleetError(error, 'UNAVAILABLE')
}
