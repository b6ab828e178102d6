import { FleetError } from '@wrale/kernel'
import { type Identity, identityFromSeed, seedOf } from '@wrale/protocol/signing'
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'

const wordCount = 24
const maxTextLength = 4096

/** A root key as 24 words (BIP-39, English list: 256 bits and a check sum of 8), to be written down. */
export function recoveryWords(root: Identity): string[] {
  return entropyToMnemonic(seedOf(root), wordlist).split(' ')
}

/**
 * The root key from its words. Capitals, numbering, punctuation and line breaks are forgiven.
 * @throws FleetError INPUT_INVALID, which never quotes more than one word
 */
export async function rootFromWords(text: string): Promise<Identity> {
  const words = text
    .slice(0, maxTextLength)
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '')
  if (words.length !== wordCount)
    throw new FleetError('INPUT_INVALID', `a recovery kit has ${wordCount} words, these are ${words.length}`)
  const unknown = words.findIndex((word) => !wordlist.includes(word))
  if (unknown !== -1)
    throw new FleetError('INPUT_INVALID', `word ${unknown + 1} is not one of the words of recovery kits`)
  let seed: Uint8Array
  try {
    seed = mnemonicToEntropy(words.join(' '), wordlist)
  } catch {
    throw new FleetError(
      'INPUT_INVALID',
      'these are not the words of a recovery kit in their order: the check sum fails',
    )
  }
  return identityFromSeed(seed)
}
