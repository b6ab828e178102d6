import { FleetError } from '@wrale/kernel'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { encodeCbor } from '../cbor.ts'
import type { FleetId, PeerIdText } from '../ids.ts'

/** Crockford's base32: no I, L, O or U, so that nothing is mistaken when it is read from a console and typed. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const lookalikes: Readonly<Record<string, string>> = { I: '1', L: '1', O: '0' }
const codeLength = 12
const groupLength = 4
const seedBytes = 32

/**
 * The claim code of a machine: 60 bits of a hash over its private key. Only who sees its console or log, or has its key, knows it; it stays the same
 * until the machine gets another key.
 * @param privateKey Ed25519, seed first
 */
export function claimCodeOf(privateKey: Uint8Array): string {
  const domain = new TextEncoder().encode('wrale-claim-code/1')
  const hash = sha256(new Uint8Array([...domain, ...privateKey.subarray(0, seedBytes)]))
  let bits = hash.subarray(0, 8).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n) >> 4n
  let code = ''
  for (let index = 0; index < codeLength; index++) {
    code = alphabet.charAt(Number(bits & 31n)) + code
    bits >>= 5n
  }
  return code
}

/** Three groups of four: `K7QF-2MPA-XR3T`. */
export function formatClaimCode(code: string): string {
  return [0, 1, 2].map((group) => code.slice(group * groupLength, (group + 1) * groupLength)).join('-')
}

/** A code as people type it: capitals, spaces, dashes, and letters that look like digits are forgiven. @throws FleetError INPUT_INVALID */
export function parseClaimCode(text: string): string {
  const code = Array.from(text.slice(0, 64).toUpperCase())
    .filter((character) => !/[\s\p{Pd}_.]/u.test(character))
    .map((character) => lookalikes[character] ?? character)
  if (code.length !== codeLength || !code.every((character) => alphabet.includes(character)))
    throw new FleetError('INPUT_INVALID', 'a claim code has 12 letters and digits, such as K7QF-2MPA-XR3T')
  return code.join('')
}

/** What both sides of a claim have seen. The peer ids are those that Noise authenticated, not those that were claimed. */
export interface ClaimTranscript {
  readonly fleet: FleetId
  readonly machine: PeerIdText
  readonly station: PeerIdText
  readonly machineNonce: Uint8Array
  readonly stationNonce: Uint8Array
}

/**
 * Proof of knowing a machine's claim code: HMAC-SHA-256 over the transcript under the stretched code. The side is named so that a proof cannot be
 * sent back to its maker, both identities so that a machine in between can pass it on to nobody, and the fleet so that it invites into no other.
 */
export function claimProof(
  stretched: Uint8Array,
  side: 'machine' | 'station',
  transcript: ClaimTranscript,
): Uint8Array {
  const { fleet, machine, station, machineNonce, stationNonce } = transcript
  return hmac(
    sha256,
    stretched,
    encodeCbor(['wrale-claim/1', side, fleet, machine, station, machineNonce, stationNonce]),
  )
}
