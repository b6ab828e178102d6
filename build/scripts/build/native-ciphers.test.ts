import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ChaCha20Poly1305, digest } from './native-ciphers.mjs'

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'))
const cipher = new ChaCha20Poly1305()

test('it seals as RFC 8439, section 2.8.2, does', () => {
  const key = hex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f')
  const nonce = hex('070000004041424344454647')
  const data = hex('50515253c0c1c2c3c4c5c6c7')
  const text = Buffer.from(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  )
  const sealed = cipher.seal(key, nonce, text, data)
  expect(Buffer.from(sealed).toString('hex')).toBe(
    'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6' +
      '3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36' +
      '92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc' +
      '3ff4def08e4b7a9de576d26586cec64b6116' +
      '1ae10b594f09e26a7e902ecbd0600691',
  )
  expect(cipher.open(key, nonce, sealed, data)).toEqual(text)
})

test('it opens what it sealed, into a given buffer too, and nothing that was changed', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
  fc.assert(
    fc.property(bytes(32), bytes(12), fc.uint8Array(), fc.uint8Array(), fc.nat(), (key, nonce, text, data, where) => {
      const sealed = Uint8Array.from(cipher.seal(key, nonce, text, data, new Uint8Array(text.length + 16)))
      expect(Uint8Array.from(cipher.open(key, nonce, sealed, data, new Uint8Array(text.length))!)).toEqual(text)
      sealed[where % sealed.length]! ^= 1
      expect(cipher.open(key, nonce, sealed, data)).toBeNull()
    }),
  )
  expect(cipher.open(new Uint8Array(32), new Uint8Array(12), new Uint8Array(15))).toBeNull()
})

test('it hashes as FIPS 180-4 does', () => {
  expect(digest(Buffer.from('abc')).toString('hex')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
})
