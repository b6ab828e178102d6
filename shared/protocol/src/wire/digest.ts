import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { encodeCbor } from '../cbor.ts'

/** Author to the number up to which everything of it is held. */
export type Digest = Readonly<Record<string, number>>

/** Bytes of a digest hash on the wire: enough to tell unequal from equal; nothing is trusted because of it. */
export const digestHashBytes = 8

/**
 * Equal digests have equal hashes, whatever the order of their authors. Two replicas compare these first, so that being in step costs a
 * few bytes however large the fleet is (van Renesse et al., "Efficient Reconciliation and Flow Control for Anti-Entropy Protocols", 2008).
 */
export function hashDigest(digest: Digest): Uint8Array {
  return sha256(encodeCbor(digest)).slice(0, digestHashBytes)
}

/** The hash for people and programs to compare, hexadecimal. */
export function digestText(digest: Digest): string {
  return bytesToHex(hashDigest(digest))
}

/** Which of `buckets` parts of a digest an author belongs to; the same on every replica. */
export function bucketOf(author: string, buckets: number): number {
  // The end of a PeerId is key material: evenly spread, with nothing to compute.
  let value = 0
  for (const character of author.slice(-4)) value = value * 67 + character.charCodeAt(0)
  return value % buckets
}

/** The digest in `buckets` parts, so that a difference in one author costs a part and not the whole. */
export function splitDigest(digest: Digest, buckets: number): Digest[] {
  const parts = Array.from({ length: buckets }, (): Record<string, number> => ({}))
  for (const [author, mark] of Object.entries(digest)) {
    const part = parts[bucketOf(author, buckets)]
    if (part !== undefined) part[author] = mark
  }
  return parts
}
