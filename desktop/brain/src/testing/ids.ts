import { peerIdSchema, type PeerIdText } from '@wrale/protocol'

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** A well-formed id for each number; no key belongs to it. */
export function idOf(number: number): PeerIdText {
  const tail = Array.from(String(number).padStart(6, '0'), (digit) => alphabet[Number(digit)]).join('')
  return peerIdSchema.parse(`12D3KooW${'a'.repeat(38)}${tail}`)
}
