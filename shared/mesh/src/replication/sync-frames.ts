import { encodeCbor } from '@wrale/protocol'
import { maxBatchRecords, maxDigestEntries, maxSyncFrameBytes, type SyncFrame } from '@wrale/protocol/wire'

/** What CBOR adds to a record and to a frame at most, bytes. */
const recordOverheadBytes = 16
const frameOverheadBytes = 64

/** Splits an answer into frames that keep the limits; the last one, and only it, says `done`. */
export function* framesOf(
  records: ReadonlyArray<{ readonly sealed: Uint8Array; readonly ageMs: number }>,
): Generator<SyncFrame> {
  let frame: SyncFrame['records'] = []
  let bytes = frameOverheadBytes
  for (const { sealed, ageMs } of records) {
    const size = sealed.byteLength + recordOverheadBytes
    if (frame.length === maxBatchRecords || bytes + size > maxSyncFrameBytes) {
      yield { records: frame, done: false }
      frame = []
      bytes = frameOverheadBytes
    }
    frame.push([Math.max(0, Math.round(ageMs)), sealed])
    bytes += size
  }
  yield { records: frame, done: true }
}

/** The digest, or as much of it as a request may hold: what is left out is merely sent again. */
export function fittingDigest(digest: Readonly<Record<string, number>>): Record<string, number> {
  let entries = Object.entries(digest).slice(0, maxDigestEntries)
  while (encodeCbor(Object.fromEntries(entries)).byteLength > maxSyncFrameBytes - frameOverheadBytes) {
    entries = entries.slice(0, Math.floor(entries.length * 0.8))
  }
  return Object.fromEntries(entries)
}
