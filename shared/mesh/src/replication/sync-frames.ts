import { encodeCbor } from '@wrale/protocol'
import {
  bucketOf,
  type Digest,
  digestParts,
  hashDigest,
  maxBatchRecords,
  maxDigestEntries,
  maxSyncFrameBytes,
  splitDigest,
  type SyncFrame,
  type SyncRequest,
  wholeDigestEntries,
} from '@wrale/protocol/wire'

/** What CBOR adds to a record and to a frame at most, bytes. */
const recordOverheadBytes = 16
const frameOverheadBytes = 64

/** What a pull is answered with. */
export interface Answer {
  readonly records: ReadonlyArray<{ readonly sealed: Uint8Array; readonly ageMs: number }>
  readonly marks: Digest
}

/** Splits an answer into frames that keep the limits; the last one, and only it, carries the marks. */
export function* framesOf({ records, marks }: Answer): Generator<SyncFrame> {
  let frame: SyncFrame['records'] = []
  const fitting = fittingDigest(marks)
  // Room for the marks is kept in every frame, because each may turn out to be the last.
  const emptyBytes = frameOverheadBytes + encodeCbor(fitting).byteLength
  let bytes = emptyBytes
  for (const { sealed, ageMs } of records) {
    const size = sealed.byteLength + recordOverheadBytes
    if (frame.length === maxBatchRecords || bytes + size > maxSyncFrameBytes) {
      yield { records: frame }
      frame = []
      bytes = emptyBytes
    }
    frame.push([Math.max(0, Math.round(ageMs)), sealed])
    bytes += size
  }
  yield { records: frame, marks: fitting }
}

/** Opens a pull: with the whole digest where that is small, otherwise with its hash alone. */
export function requestFor(digest: Digest): SyncRequest {
  const hash = hashDigest(digest)
  return Object.keys(digest).length <= wholeDigestEntries ? { hash, have: digest } : { hash }
}

export function partHashes(digest: Digest): Uint8Array[] {
  return splitDigest(digest, digestParts).map(hashDigest)
}

/** The parts in which two digests differ, and what the asker has in them. */
export function selectionFor(digest: Digest, theirs: readonly Uint8Array[]): { parts: number[]; have: Digest } {
  const mine = splitDigest(digest, digestParts)
  const parts = mine.flatMap((part, index) => (sameBytes(hashDigest(part), theirs[index]) ? [] : [index]))
  return { parts, have: fittingDigest(Object.fromEntries(parts.flatMap((index) => Object.entries(mine[index] ?? {})))) }
}

/** Whether the other digest goes further for some author. */
export function isBehind(mine: Digest, theirs: Digest): boolean {
  return Object.entries(theirs).some(([author, mark]) => mark > (Object.hasOwn(mine, author) ? (mine[author] ?? 0) : 0))
}

/** Whether an author belongs to one of the parts. */
export function concernsParts(parts: readonly number[]): (author: string) => boolean {
  const wanted = new Set(parts)
  return (author) => wanted.has(bucketOf(author, digestParts))
}

export function sameBytes(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((byte, index) => byte === b[index])
}

/** The digest, or as much of it as half a frame may hold: what is left out is merely sent again. */
export function fittingDigest(digest: Digest): Digest {
  let entries = Object.entries(digest).slice(0, maxDigestEntries)
  while (encodeCbor(Object.fromEntries(entries)).byteLength > maxSyncFrameBytes / 2) {
    entries = entries.slice(0, Math.floor(entries.length * 0.8))
  }
  return Object.fromEntries(entries)
}
