import type { Connection } from '@libp2p/interface'
import { type FleetError, toFleetError } from '@wrale/kernel'
import { peerIdSchema, type PeerIdText } from '@wrale/protocol'

/** How long a connection may take to close in an orderly way, ms. */
const closeMs = 1000

/** The peer that Noise authenticated; null when its key is not Ed25519, as a member's must be. */
export function remoteIdOf(connection: Connection): PeerIdText | null {
  const parsed = peerIdSchema.safeParse(connection.remotePeer.toString())
  return parsed.success ? parsed.data : null
}

/** Host part of the remote address, for limits by host. */
export function remoteHostOf(connection: Connection): string {
  return connection.remoteAddr.getComponents()[0]?.value ?? ''
}

/** Closes in an orderly way, so that what was written still arrives; by force when that takes too long. Never throws. */
export async function closeConnection(connection: Connection, why: FleetError): Promise<void> {
  try {
    await connection.close({ signal: AbortSignal.timeout(closeMs) })
  } catch {
    connection.abort(why)
  }
}

/** What libp2p throws where a peer does not speak a protocol, as PROTOCOL_MISMATCH; anything else without a code as UNAVAILABLE. */
export function streamError(error: unknown): FleetError {
  const unsupported = error instanceof Error && error.name === 'UnsupportedProtocolError'
  return toFleetError(error, unsupported ? 'PROTOCOL_MISMATCH' : 'UNAVAILABLE')
}
