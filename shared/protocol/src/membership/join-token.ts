import { FleetError } from '@wrale/kernel'
import { sha256 } from '@noble/hashes/sha2.js'
import { base32 } from 'multiformats/bases/base32'
import { z } from 'zod'
import { bytesSchema } from '../bytes.ts'
import { decodeCbor, encodeCbor } from '../cbor.ts'
import { type FleetId, fleetIdSchema } from '../ids.ts'

const prefix = 'wrale-join-'
const checkBytes = 3
const maxTextLength = 512

/**
 * What lets a machine ask to become a member. It says which fleet answers for itself (so that the joiner cannot be taken by
 * another) and holds a secret that both sides prove without sending it.
 */
export interface JoinToken {
  readonly fleet: FleetId
  /** Names the token at the station. Not secret. */
  readonly id: Uint8Array
  /** 128 bits. Secret. */
  readonly secret: Uint8Array
  /** Station's wall clock, seconds since the Unix epoch. The station decides; the joiner's clock may be wrong. */
  readonly expiresAtSeconds: number
}

const contentSchema = z.tuple([fleetIdSchema, bytesSchema(8), bytesSchema(16), z.number().int().min(0)])

/** `wrale-join-` and lower-case base32 (RFC 4648), which survives being typed; the last bytes are a check sum. */
export function encodeJoinToken(token: JoinToken): string {
  const content = encodeCbor([token.fleet, token.id, token.secret, token.expiresAtSeconds])
  const bytes = new Uint8Array([...content, ...sha256(content).subarray(0, checkBytes)])
  return prefix + base32.baseEncode(bytes)
}

/** Spaces, line breaks and capitals are forgiven. @throws FleetError TOKEN_INVALID */
export function decodeJoinToken(text: string): JoinToken {
  const clean = text.length > maxTextLength ? '' : text.replace(/\s+/g, '').toLowerCase()
  if (!clean.startsWith(prefix)) throw new FleetError('TOKEN_INVALID', `a join token begins with ${prefix}`)
  let bytes: Uint8Array
  try {
    bytes = base32.baseDecode(clean.slice(prefix.length))
  } catch (error) {
    throw new FleetError('TOKEN_INVALID', 'the join token has a character that no token has', {}, { cause: error })
  }
  const content = bytes.subarray(0, -checkBytes)
  const sum = sha256(content)
  const intact = bytes.length > checkBytes && bytes.subarray(-checkBytes).every((byte, index) => byte === sum[index])
  if (!intact)
    throw new FleetError('TOKEN_INVALID', 'the join token is incomplete or mistyped: its check sum does not fit')
  const [fleet, id, secret, expiresAtSeconds] = decodeCbor(content, contentSchema, {
    maxBytes: 256,
    code: 'TOKEN_INVALID',
  })
  return { fleet, id, secret, expiresAtSeconds }
}
