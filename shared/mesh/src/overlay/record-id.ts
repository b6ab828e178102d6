import { createHash } from 'node:crypto'
import { recordIdBytes } from '@wrale/protocol/wire'

/** By which a record is named on links, as bytes for the wire and as a text for maps. */
export interface RecordId {
  readonly bytes: Uint8Array
  readonly key: string
}

export function recordIdOf(sealed: Uint8Array): RecordId {
  return recordIdFrom(createHash('sha256').update(sealed).digest().subarray(0, recordIdBytes))
}

export function recordIdFrom(bytes: Uint8Array): RecordId {
  return { bytes, key: String.fromCharCode(...bytes) }
}
