import {
  generateKeyPair,
  generateKeyPairFromSeed,
  privateKeyFromProtobuf,
  privateKeyToProtobuf,
} from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey, PublicKey } from '@libp2p/interface'
import { peerIdFromPrivateKey, peerIdFromPublicKey } from '@libp2p/peer-id'
import { FleetError } from '@wrale/kernel'
import { peerIdSchema, type PeerIdText } from '../ids.ts'

/** An Ed25519 key pair and the identity that it proves. */
export interface Identity {
  readonly id: PeerIdText
  readonly privateKey: Ed25519PrivateKey
}

export async function generateIdentity(): Promise<Identity> {
  return identityOf(await generateKeyPair('Ed25519'))
}

const seedBytes = 32

/** The 256 bits that a key pair follows from (RFC 8032). As secret as the key. */
export function seedOf(identity: Identity): Uint8Array {
  return identity.privateKey.raw.slice(0, seedBytes)
}

/** The same key pair again. */
export async function identityFromSeed(seed: Uint8Array): Promise<Identity> {
  return identityOf(await generateKeyPairFromSeed('Ed25519', seed))
}

/** The key in libp2p's protobuf form, for a file of mode 0600. */
export function encodeIdentity(identity: Identity): Uint8Array {
  return privateKeyToProtobuf(identity.privateKey)
}

/** @throws FleetError STATE_DAMAGED when the bytes are not an Ed25519 private key */
export function decodeIdentity(bytes: Uint8Array): Identity {
  let key
  try {
    key = privateKeyFromProtobuf(bytes)
  } catch (error) {
    throw new FleetError('STATE_DAMAGED', 'the key file does not hold a private key', {}, { cause: error })
  }
  if (key.type !== 'Ed25519') throw new FleetError('STATE_DAMAGED', `the key file holds a ${key.type} key, not Ed25519`)
  return identityOf(key)
}

export function peerIdTextOf(publicKey: PublicKey): PeerIdText {
  if (publicKey.type !== 'Ed25519')
    throw new FleetError('SIGNATURE_INVALID', `signed with a ${publicKey.type} key, not Ed25519`)
  return peerIdSchema.parse(peerIdFromPublicKey(publicKey).toString())
}

function identityOf(privateKey: Ed25519PrivateKey): Identity {
  return { id: peerIdSchema.parse(peerIdFromPrivateKey(privateKey).toString()), privateKey }
}
