import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { encodeCbor } from '../cbor.ts'
import type { PeerIdText } from '../ids.ts'

/** What both sides of an enrolment have seen. The peer ids are those that Noise authenticated, not those that were claimed. */
export interface EnrolTranscript {
  readonly tokenId: Uint8Array
  readonly joiner: PeerIdText
  readonly station: PeerIdText
  readonly joinerNonce: Uint8Array
  readonly stationNonce: Uint8Array
}

/**
 * Proof of knowing a join token's secret: HMAC-SHA-256 over the transcript, with the side named in it so that a proof cannot
 * be sent back to its maker, and both identities so that it cannot be passed on by a peer in the middle.
 */
export function enrolProof(secret: Uint8Array, side: 'joiner' | 'station', transcript: EnrolTranscript): Uint8Array {
  const { tokenId, joiner, station, joinerNonce, stationNonce } = transcript
  return hmac(sha256, secret, encodeCbor(['wrale-enrol/1', side, tokenId, joiner, station, joinerNonce, stationNonce]))
}

/** Compares in time that does not depend on where the proofs differ. */
export function sameProof(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let index = 0; index < a.length; index++) difference |= (a[index] ?? 0) ^ (b[index] ?? 0)
  return difference === 0
}
