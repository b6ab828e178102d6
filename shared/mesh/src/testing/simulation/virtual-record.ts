/** What records of a simulation are about: states that supersede each other, and events that stay. */
export type VirtualKind = 'status' | 'links' | 'event'

const kinds: readonly VirtualKind[] = ['status', 'links', 'event']
const headerBytes = 12

export interface VirtualRecord {
  /** Number of the member that wrote it. */
  readonly author: number
  readonly seq: number
  /** Its author's newest earlier record that stays valid. */
  readonly prev: number
  readonly kind: VirtualKind
  /** Members that the author is linked to; of `links` alone. */
  readonly links: readonly number[]
}

/** @param bytes length of the record, as long as its links fit */
export function encodeRecord({ author, seq, prev, kind, links }: VirtualRecord, bytes: number): Uint8Array {
  const sealed = new Uint8Array(Math.max(bytes, headerBytes + 2 * links.length))
  const view = new DataView(sealed.buffer)
  view.setUint16(0, author)
  view.setUint8(2, kinds.indexOf(kind))
  view.setUint8(3, links.length)
  view.setUint32(4, seq)
  view.setUint32(8, prev)
  for (const [place, link] of links.entries()) view.setUint16(headerBytes + 2 * place, link)
  return sealed
}

/** Undefined for bytes that are no record of a simulation. */
export function decodeRecord(sealed: Uint8Array): VirtualRecord | undefined {
  if (sealed.byteLength < headerBytes) return undefined
  const view = new DataView(sealed.buffer, sealed.byteOffset, sealed.byteLength)
  const kind = kinds[view.getUint8(2)]
  const count = view.getUint8(3)
  if (kind === undefined || sealed.byteLength < headerBytes + 2 * count) return undefined
  const links = Array.from({ length: count }, (_, place) => view.getUint16(headerBytes + 2 * place))
  return { author: view.getUint16(0), seq: view.getUint32(4), prev: view.getUint32(8), kind, links }
}
