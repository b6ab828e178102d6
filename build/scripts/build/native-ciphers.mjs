// @ts-check
/**
 * Stands in for `@chainsafe/as-chacha20poly1305` and `@chainsafe/as-sha256`, with which libp2p's noise encrypts small frames: the same
 * functions from Node's own OpenSSL. Theirs are WebAssembly, and compiling it brings V8's optimising compiler into memory: 5 MB of
 * an idle daemon (measured). Not for Electron, whose OpenSSL has no ChaCha20.
 */
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'

const cipherName = 'chacha20-poly1305'
const tagBytes = 16
const options = { authTagLength: tagBytes }

/** @param {Uint8Array} data */
export function digest(data) {
  return createHash('sha256').update(data).digest()
}

/** The context that theirs needs. */
export function newInstance() {
  return undefined
}

/** AEAD_CHACHA20_POLY1305 of RFC 8439; sealed text is cipher text and tag. */
export class ChaCha20Poly1305 {
  /**
   * @param {Uint8Array} key
   * @param {Uint8Array} nonce
   * @param {Uint8Array} plaintext
   * @param {Uint8Array} [associatedData]
   * @param {Uint8Array} [into] where to put the result
   * @returns {Uint8Array}
   */
  seal(key, nonce, plaintext, associatedData, into) {
    const cipher = createCipheriv(cipherName, key, nonce, options)
    if (associatedData !== undefined) cipher.setAAD(associatedData, { plaintextLength: plaintext.byteLength })
    const text = cipher.update(plaintext)
    cipher.final()
    return put(Buffer.concat([text, cipher.getAuthTag()]), into)
  }

  /**
   * @param {Uint8Array} key
   * @param {Uint8Array} nonce
   * @param {Uint8Array} sealed
   * @param {Uint8Array} [associatedData]
   * @param {Uint8Array} [into] where to put the result
   * @returns {Uint8Array | null} null when it was not sealed with this key, nonce and data
   */
  open(key, nonce, sealed, associatedData, into) {
    if (sealed.byteLength < tagBytes) return null
    const textBytes = sealed.byteLength - tagBytes
    const decipher = createDecipheriv(cipherName, key, nonce, options)
    if (associatedData !== undefined) decipher.setAAD(associatedData, { plaintextLength: textBytes })
    decipher.setAuthTag(sealed.subarray(textBytes))
    const text = decipher.update(sealed.subarray(0, textBytes))
    try {
      decipher.final()
    } catch {
      return null
    }
    return put(text, into)
  }
}

/**
 * @param {Uint8Array} result
 * @param {Uint8Array | undefined} into
 */
function put(result, into) {
  if (into === undefined) return result
  into.set(result)
  return into.subarray(0, result.byteLength)
}
