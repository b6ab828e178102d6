import { type LinkFrame, maxPushRecords, maxRecordIds } from '@wrale/protocol/wire'
import type { RecordId } from '../record-id.ts'

/** A record on its way to a peer. */
export interface Outgoing {
  readonly id: RecordId
  readonly sealed: Uint8Array
}

/** Bytes of records that may wait for one peer: a peer that reads slowly costs no more memory than this. */
const maxWaitingBytes = 256 * 1024
/** Bytes of records in one frame: ids, addresses and CBOR must fit besides. */
const maxFrameRecordBytes = 48 * 1024
const maxFrameRecordBytesWithPeers = 16 * 1024

/** What is to be said on a link, until the next frame takes it. A record that finds no room is told by its id instead. */
export class Outbox {
  #records: Outgoing[] = []
  #bytes = 0
  readonly #have = new Map<string, Uint8Array>()
  readonly #want = new Map<string, Uint8Array>()
  #rest: LinkFrame = {}

  get isEmpty(): boolean {
    return (
      this.#records.length === 0 &&
      this.#have.size === 0 &&
      this.#want.size === 0 &&
      Object.keys(this.#rest).length === 0
    )
  }

  push(record: Outgoing): void {
    this.#records.push(record)
    this.#bytes += record.sealed.byteLength
    while (this.#bytes > maxWaitingBytes) {
      const oldest = this.#records.shift()
      if (oldest === undefined) return
      this.#bytes -= oldest.sealed.byteLength
      this.tell(oldest.id)
    }
  }

  /** Forgets the oldest id when there are too many: a pull finds what is missing. */
  tell(id: RecordId): void {
    add(this.#have, id)
  }

  want(id: RecordId): void {
    add(this.#want, id)
  }

  /** Everything else; what was to be said of the same thing before is replaced. */
  put(part: Omit<LinkFrame, 'r' | 'h' | 'w'>): void {
    // The later of the two words on the tree holds.
    if (part.p === true) delete this.#rest.g
    if (part.g === true) delete this.#rest.p
    Object.assign(this.#rest, part)
  }

  /** As much as one frame holds. */
  take(): LinkFrame {
    const frame = this.#rest
    this.#rest = {}
    const records = this.#takeRecords(frame.x === undefined ? maxFrameRecordBytes : maxFrameRecordBytesWithPeers)
    if (records.length > 0) frame.r = records
    if (this.#have.size > 0) frame.h = drain(this.#have)
    if (this.#want.size > 0) frame.w = drain(this.#want)
    return frame
  }

  #takeRecords(maxBytes: number): Uint8Array[] {
    let bytes = 0
    let count = 0
    for (const { sealed } of this.#records) {
      if (count === maxPushRecords || (count > 0 && bytes + sealed.byteLength > maxBytes)) break
      bytes += sealed.byteLength
      count++
    }
    this.#bytes -= bytes
    return this.#records.splice(0, count).map(({ sealed }) => sealed)
  }
}

function add(ids: Map<string, Uint8Array>, { key, bytes }: RecordId): void {
  ids.set(key, bytes)
  if (ids.size <= maxRecordIds) return
  for (const oldest of ids.keys()) {
    ids.delete(oldest)
    return
  }
}

function drain(ids: Map<string, Uint8Array>): Uint8Array[] {
  const all = [...ids.values()]
  ids.clear()
  return all
}
