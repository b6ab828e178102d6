import { FleetError, toFleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { Certificate } from '@wrale/protocol/signing'
import { serveStream } from '../serve-stream.ts'
import type { FrameStream, Link, ProtocolHandler, StreamOptions } from '../transport.ts'
import type { Pipe } from './pipe.ts'
import { MemoryStream } from './stream.ts'
import { frameOverheadBytes } from './traffic.ts'

/** What multistream-select adds to the name of a protocol, and the frames of the muxer that go with it, bytes: as libp2p was seen to send on loopback. */
const askBytes = 22 + 3 * frameOverheadBytes
const grantBytes = 22 + 2 * frameOverheadBytes

/** What one side knows of the other when a link begins. */
export interface LinkFacts {
  readonly id: PeerIdText
  readonly certificate: Certificate
  readonly software: string
  readonly address: string
  readonly listen: readonly string[]
  readonly outbound: boolean
  readonly clockErrorMs: number
  readonly sinceMs: number
}

export interface LinkOwner {
  handlerOf(protocol: string): ProtocolHandler | undefined
  /** The link is over. */
  ended(link: MemoryLink): void
}

/** One end of a link in memory: streams over a pipe. */
export class MemoryLink implements Link {
  readonly id: PeerIdText
  readonly certificate: Certificate
  readonly software: string
  readonly address: string
  readonly listen: readonly string[]
  readonly outbound: boolean
  readonly clockErrorMs: number
  readonly sinceMs: number
  readonly #owner: LinkOwner
  readonly #pipe: Pipe
  readonly #streams = new Map<number, MemoryStream>()
  readonly #opening = new Map<number, PromiseWithResolvers<FrameStream> & { readonly options: StreamOptions }>()
  readonly #served = new Map<string, number>()
  readonly #ending = new AbortController()
  #other: MemoryLink | undefined
  #nextStream: number
  #over = false

  constructor(owner: LinkOwner, pipe: Pipe, facts: LinkFacts) {
    this.#owner = owner
    this.#pipe = pipe
    this.id = facts.id
    this.certificate = facts.certificate
    this.software = facts.software
    this.address = facts.address
    this.listen = facts.listen
    this.outbound = facts.outbound
    this.clockErrorMs = facts.clockErrorMs
    this.sinceMs = facts.sinceMs
    this.#nextStream = facts.outbound ? 1 : 2
  }

  get role(): Certificate['role'] {
    return this.certificate.role
  }

  get name(): string {
    return this.certificate.name
  }

  /** Joins the two ends. */
  connect(other: MemoryLink): void {
    this.#other = other
    other.#other = this
  }

  async open(protocol: string, options: StreamOptions): Promise<FrameStream> {
    if (this.#over) throw linkEnded()
    if (options.signal.aborted) throw toFleetError(options.signal.reason, 'ABORTED')
    const id = this.#nextStream
    this.#nextStream += 2
    const opening = { ...Promise.withResolvers<FrameStream>(), options }
    const abort = (): void => opening.reject(toFleetError(options.signal.reason, 'ABORTED'))
    options.signal.addEventListener('abort', abort, { once: true })
    this.#opening.set(id, opening)
    this.#tell(askBytes + protocol.length, (other) => other.#asked(id, protocol))
    try {
      return await opening.promise
    } catch (error) {
      this.#tell(0, (other) => other.#streams.get(id)?.broken(reset()))
      throw error
    } finally {
      this.#opening.delete(id)
      options.signal.removeEventListener('abort', abort)
    }
  }

  close(why: FleetError): void {
    if (this.#over) return
    this.#tell(0, (other) => other.#end(new FleetError('UNAVAILABLE', 'the other side closed the link')))
    this.#end(why)
  }

  /** The process at this end is gone; its machine closes the connection. */
  vanish(): void {
    this.#tell(0, (other) => other.#end(new FleetError('UNAVAILABLE', 'the connection was reset')))
    this.#over = true
  }

  #end(why: FleetError): void {
    if (this.#over) return
    this.#over = true
    const error =
      why.code === 'UNAVAILABLE' ? why : new FleetError('UNAVAILABLE', 'the link closed', {}, { cause: why })
    this.#ending.abort(error)
    for (const opening of this.#opening.values()) opening.reject(error)
    for (const stream of [...this.#streams.values()]) stream.broken(error)
    const other = this.#other
    if (other !== undefined && other.#over) {
      this.#pipe.end()
      other.#pipe.end()
    }
    this.#owner.ended(this)
  }

  /** Something of the link's own goes to the other end, in a frame of the muxer. */
  #tell(bytes: number, deliver: (other: MemoryLink) => void): void {
    if (this.#over) return
    this.#pipe.send(frameOverheadBytes + bytes, () => {
      const other = this.#other
      if (other !== undefined && !other.#over) deliver(other)
    })
  }

  #stream(id: number, maxBytes: number, signal?: AbortSignal): MemoryStream {
    const stream: MemoryStream = new MemoryStream(
      {
        frame: (bytes) => this.#frame(id, bytes),
        credit: (bytes) => this.#tell(0, (other) => other.#streams.get(id)?.credited(bytes)),
        end: () => this.#tell(0, (other) => other.#streams.get(id)?.endedByPeer()),
        reset: () => this.#tell(0, (other) => other.#streams.get(id)?.broken(reset())),
        over: () => this.#streams.delete(id),
      },
      { maxBytes, ...(signal === undefined ? {} : { signal }) },
    )
    this.#streams.set(id, stream)
    return stream
  }

  #frame(id: number, bytes: Uint8Array): void {
    if (this.#over) return
    this.#pipe.from.traffic.frameSent()
    this.#tell(lengthBytes(bytes.byteLength) + bytes.byteLength, (other) => {
      other.#pipe.from.traffic.frameReceived()
      other.#streams.get(id)?.receive(bytes)
    })
  }

  /** The other end opens a stream. As with libp2p, it learns that there are too many of them by a reset. */
  #asked(id: number, protocol: string): void {
    const handler = this.#owner.handlerOf(protocol)
    if (handler === undefined) {
      const mismatch = new FleetError('PROTOCOL_MISMATCH', `the other side does not speak ${protocol}`)
      this.#tell(grantBytes, (other) => other.#opening.get(id)?.reject(mismatch))
      return
    }
    this.#tell(grantBytes + protocol.length, (other) => other.#granted(id))
    const served = this.#served.get(protocol) ?? 0
    if (served >= handler.maxStreams) {
      this.#tell(0, (other) => other.#streams.get(id)?.broken(reset()))
      return
    }
    this.#served.set(protocol, served + 1)
    void this.#serve(this.#stream(id, handler.maxBytes), handler, protocol)
  }

  #granted(id: number): void {
    const opening = this.#opening.get(id)
    opening?.resolve(this.#stream(id, opening.options.maxBytes, opening.options.signal))
  }

  async #serve(stream: MemoryStream, handler: ProtocolHandler, protocol: string): Promise<void> {
    await serveStream(this.#pipe.from.clock, stream, () => handler.serve(stream, this, this.#ending.signal))
    this.#served.set(protocol, (this.#served.get(protocol) ?? 1) - 1)
  }
}

/** Length of the varint before a frame. */
function lengthBytes(size: number): number {
  return size < 128 ? 1 : size < 16_384 ? 2 : 3
}

function reset(): FleetError {
  return new FleetError('UNAVAILABLE', 'the other side ended the stream')
}

function linkEnded(): FleetError {
  return new FleetError('UNAVAILABLE', 'the link is closed')
}
