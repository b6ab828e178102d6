import { sha256 } from '@noble/hashes/sha2.js'
import { z } from 'zod'

/** A member's identity: the text form of the PeerId of its Ed25519 key (libp2p peer-ids specification, base58btc). */
export const peerIdSchema = z
  .string()
  .regex(/^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/, 'must be an Ed25519 PeerId such as 12D3KooW…')
  .brand<'PeerId'>()
export type PeerIdText = z.infer<typeof peerIdSchema>

/** Bytes of a short id. Enough to tell the members of a fleet apart; nothing is trusted because of it. */
export const shortIdBytes = 8

/** A member's id where many are named in little room: the first bytes of the SHA-256 of the PeerId's text. */
export function shortIdOf(peer: PeerIdText): Uint8Array {
  return sha256(new TextEncoder().encode(peer)).slice(0, shortIdBytes)
}

/** A fleet's identity: the PeerId of its root key. */
export const fleetIdSchema = z
  .string()
  .regex(/^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/, 'must be the PeerId of a fleet root key')
  .brand<'FleetId'>()
export type FleetId = z.infer<typeof fleetIdSchema>

/** A name that people give: 1 to 63 letters, digits, dots, hyphens and underscores, beginning and ending with a letter or digit. */
export const memberNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
    'must be 1 to 63 of A-Z a-z 0-9 . _ - and begin and end with a letter or digit',
  )

/** A fleet's display name: 1 to 64 characters, no control characters. */
export const fleetNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^\P{Cc}+$/u, 'must not contain control characters')

export const memberRoleSchema = z.enum(['node', 'station'])
export type MemberRole = z.infer<typeof memberRoleSchema>

/** Version of the software that speaks, as semver text. */
export const softwareVersionSchema = z.string().min(1).max(64)
