import { scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import type { PeerIdText } from '@wrale/protocol'

/** scrypt (RFC 7914): 16 MiB and some 50 ms a guess on a fast machine, a third of a second on a small board. */
const cost = { N: 16_384, r: 8, p: 1 }
const keyBytes = 32

const derive = promisify<string, string, number, typeof cost, Buffer>(scrypt)

/**
 * The key under which a claim code is proven. A machine that only pretends to wait for a claim is shown the station's proof and can test guesses
 * against it for as long as it likes: so each guess is made to cost memory and time, and because the machine's id is the salt, none of
 * that work can be done in advance or used against two machines.
 */
export async function stretchClaimCode(code: string, machine: PeerIdText): Promise<Uint8Array> {
  return Uint8Array.from(await derive(code, `wrale-claim/1 ${machine}`, keyBytes, cost))
}
