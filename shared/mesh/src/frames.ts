import type { Stream } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { FleetError, toFleetError } from '@wrale/kernel'
import { decodeCbor, encodeCbor } from '@wrale/protocol'
import { errorOfRefusal, type Refusal, refusalSchema } from '@wrale/protocol/wire'
import { decode, encodingLength } from 'uint8-varint'
import type { z } from 'zod'

/** A libp2p stream as a sequence of frames: an unsigned varint length, then that many bytes of CBOR. */
export interface FrameStream {
  /** @throws FleetError FRAME_TOO_LARGE before anything is decoded, FRAME_INVALID, TIMEOUT, UNAVAILABLE */
  read<S extends z.ZodType>(schema: S): Promise<z.output<S>>
  /** Resolves when the stream takes more. @throws FleetError TOO_LARGE, TIMEOUT, UNAVAILABLE */
  write(value: unknown): Promise<void>
  /** Says that nothing more will be written. Never throws. */
  close(): Promise<void>
}

export interface FrameOptions {
  /** Longest frame in either direction, bytes. */
  readonly maxBytes: number
  /** Ends every read and write under way. Its reason is the error that they throw. */
  readonly signal: AbortSignal
}

export function frameStream(stream: Stream, { maxBytes, signal }: FrameOptions): FrameStream {
  const maxPrefixBytes = encodingLength(maxBytes)
  const frames = lpStream(stream, {
    maxDataLength: maxBytes,
    maxLengthLength: maxPrefixBytes,
    // A stream is read only while a frame is awaited (see `read`), so this holds a frame and what the muxer had in flight.
    maxBufferSize: maxBytes + stream.maxReadBufferLength,
    lengthDecoder: (prefix) => {
      if (prefix.byteLength > maxPrefixBytes)
        throw new FleetError('FRAME_TOO_LARGE', 'the length of a frame never ends')
      return decode(prefix)
    },
  })
  const failure = (error: unknown): FleetError => {
    if (signal.aborted) return toFleetError(signal.reason, 'ABORTED')
    return frameError(error, maxBytes)
  }
  return {
    async read(schema) {
      let bytes
      try {
        if (stream.readStatus === 'paused') stream.resume()
        bytes = await frames.read({ signal })
        // The sender waits while this frame is dealt with.
        if (stream.readStatus === 'readable' && stream.remoteWriteStatus === 'writable') stream.pause()
      } catch (error) {
        throw failure(error)
      }
      return decodeCbor(bytes.subarray(), schema, { maxBytes })
    },
    async write(value) {
      const bytes = encodeCbor(value)
      if (bytes.byteLength > maxBytes)
        throw new FleetError('TOO_LARGE', `a frame of ${bytes.byteLength} bytes where at most ${maxBytes} fit`)
      try {
        await frames.write(bytes, { signal })
      } catch (error) {
        throw failure(error)
      }
    },
    async close() {
      try {
        await stream.close({ signal })
      } catch (error) {
        stream.abort(toFleetError(error, 'UNAVAILABLE'))
      }
    },
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

/** An answer that may have been a refusal. @throws FleetError that the refusal names */
export function unlessRefused<T extends object>(answer: T): Exclude<T, Refusal> {
  const refusal = refusalSchema.safeParse(answer)
  if (refusal.success) throw errorOfRefusal(refusal.data)
  return answer as Exclude<T, Refusal>
}
