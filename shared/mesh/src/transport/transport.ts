import type { FleetError, Signal, Startable } from '@wrale/kernel'
import type { MemberRole, PeerIdText } from '@wrale/protocol'
import type { Certificate } from '@wrale/protocol/signing'
import type { z } from 'zod'

/** A stream to a member as a sequence of CBOR frames, in order, without loss; it ends when the link does. */
export interface FrameStream {
  /** @throws FleetError FRAME_TOO_LARGE before anything is decoded, FRAME_INVALID, TIMEOUT, UNAVAILABLE */
  read<S extends z.ZodType>(schema: S): Promise<z.output<S>>
  /** Resolves when the stream takes more. @throws FleetError TOO_LARGE, TIMEOUT, UNAVAILABLE */
  write(value: unknown): Promise<void>
  /** Says that nothing more will be written. Never throws. */
  close(): Promise<void>
  /** Ends both directions at once; reads and writes under way, and later ones, throw `why`. Never throws. */
  abort(why: FleetError): void
}

export interface StreamOptions {
  /** Longest frame in either direction, bytes. */
  readonly maxBytes: number
  /** Ends every read and write under way; its reason is the error that they throw. */
  readonly signal: AbortSignal
}

/** A member to which an admitted connection is open. */
export interface Link {
  readonly id: PeerIdText
  readonly role: MemberRole
  readonly name: string
  readonly software: string
  readonly certificate: Certificate
  /** Multiaddr of the other end. */
  readonly address: string
  /** Multiaddrs on which the other member said in its hello that it listens, without its id; at most 8. */
  readonly listen: readonly string[]
  /** Whether this side dialled. */
  readonly outbound: boolean
  /** Peer's wall clock minus ours at hello, ms, half a round trip uncertain. */
  readonly clockErrorMs: number
  /** When it was admitted, monotonic ms. */
  readonly sinceMs: number
  /** @throws FleetError PROTOCOL_MISMATCH when the other side does not speak it; UNAVAILABLE, TIMEOUT */
  open(protocol: string, options: StreamOptions): Promise<FrameStream>
  /** Ends the connection in an orderly way: what was written before still goes out. The link is out of `links()` and `closed` has been told before this returns. */
  close(why: FleetError): void
}

export interface ProtocolHandler {
  readonly maxBytes: number
  /** Streams of this protocol that one link may have open at once; further ones are refused. */
  readonly maxStreams: number
  /** The stream ends when the promise settles; a rejection aborts it. `signal` aborts when the transport stops or the link closes. */
  serve(stream: FrameStream, link: Link, signal: AbortSignal): Promise<void>
}

/** Whom to dial. */
export interface DialTarget {
  /** Who must answer there; undefined for a configured address whose owner is not known. */
  readonly peer: PeerIdText | undefined
  readonly addresses: readonly string[]
}

/**
 * Authenticated connections to other members and streams on them; one connection per member. It decides nothing: whom to dial,
 * whom to keep and what to say is up to its users. Adapters: libp2p, and memory with virtual time.
 */
export interface Transport extends Startable {
  readonly self: PeerIdText
  /** Multiaddrs on which others reach this member. */
  addresses(): readonly string[]
  links(): readonly Link[]
  link(id: PeerIdText): Link | undefined
  readonly opened: Signal<Link>
  readonly closed: Signal<Link>
  /** Resolves with the admitted link, or with the one that is there already. @throws FleetError why not; see `Dialler` for what each code means */
  dial(target: DialTarget, signal: AbortSignal): Promise<Link>
  /**
   * Call before `start`. Peers for which `refusal` gives an error (put out of the fleet, kept out for a while) are neither dialled nor let in:
   * it is asked as soon as their identity is known, and again when they are about to be admitted.
   */
  guard(refusal: (peer: PeerIdText) => FleetError | undefined): void
  /** Call before `start`. */
  handle(protocol: string, handler: ProtocolHandler): void
}
