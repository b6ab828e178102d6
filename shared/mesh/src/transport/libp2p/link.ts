import type { Connection, Stream } from '@libp2p/interface'
import { FleetError, toFleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { Certificate } from '@wrale/protocol/signing'
import type { FrameStream, Link, StreamOptions } from '../transport.ts'
import type { Introduction } from './admission/hello.ts'
import { closeConnection, streamError } from './connections.ts'
import { LibP2PFrames } from './frames.ts'

/** Streams that this side may have open to one peer for one protocol. */
export const maxOutboundStreams = 64

/** An admitted connection. */
export class LibP2PLink implements Link {
  readonly id: PeerIdText
  readonly certificate: Certificate
  readonly software: string
  readonly listen: readonly string[]
  readonly clockErrorMs: number
  readonly sinceMs: number
  readonly connection: Connection
  readonly #onClose: (link: LibP2PLink) => void
  readonly #ending = new AbortController()
  readonly #streams = new Set<LibP2PFrames>()

  /** @param onClose tells that this side closes the link, before it does */
  constructor(
    connection: Connection,
    { id, certificate, software, listen, clockErrorMs }: Introduction,
    sinceMs: number,
    onClose: (link: LibP2PLink) => void,
  ) {
    this.id = id
    this.certificate = certificate
    this.software = software
    this.listen = listen
    this.clockErrorMs = clockErrorMs
    this.sinceMs = sinceMs
    this.connection = connection
    this.#onClose = onClose
  }

  get role(): Certificate['role'] {
    return this.certificate.role
  }

  get name(): string {
    return this.certificate.name
  }

  get address(): string {
    return this.connection.remoteAddr.toString()
  }

  get outbound(): boolean {
    return this.connection.direction === 'outbound'
  }

  /** Aborts when the link ends. */
  get signal(): AbortSignal {
    return this.#ending.signal
  }

  async open(protocol: string, options: StreamOptions): Promise<FrameStream> {
    const { signal } = options
    if (this.#ending.signal.aborted) throw toFleetError(this.#ending.signal.reason)
    if (signal.aborted) throw toFleetError(signal.reason, 'ABORTED')
    let stream: Stream
    try {
      stream = await this.connection.newStream(protocol, {
        signal: AbortSignal.any([signal, this.#ending.signal]),
        maxOutboundStreams,
      })
    } catch (error) {
      throw signal.aborted ? toFleetError(signal.reason, 'ABORTED') : streamError(error)
    }
    return this.frames(stream, options)
  }

  /** A stream of this link, which ends with it. */
  frames(stream: Stream, options: StreamOptions): LibP2PFrames {
    const frames = new LibP2PFrames(stream, options)
    if (this.#ending.signal.aborted) frames.end(toFleetError(this.#ending.signal.reason))
    this.#streams.add(frames)
    void frames.over.then(() => this.#streams.delete(frames))
    return frames
  }

  close(why: FleetError): void {
    if (this.#ending.signal.aborted) return
    this.ended(why)
    this.#onClose(this)
    void closeConnection(this.connection, why)
  }

  /** The connection is gone, or about to go: nothing more is read or written on it. */
  ended(why: FleetError): void {
    const error =
      why.code === 'UNAVAILABLE' ? why : new FleetError('UNAVAILABLE', 'the link closed', {}, { cause: why })
    this.#ending.abort(error)
    for (const frames of this.#streams) frames.end(error)
  }
}
