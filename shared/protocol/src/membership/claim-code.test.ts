import fc from 'fast-check'
import type { FleetId } from '../ids.ts'
import { describe, expect, it } from 'vitest'
import { generateIdentity } from '../signing/index.ts'
import { claimCodeOf, claimProof, formatClaimCode, parseClaimCode } from './claim-code.ts'

const key = fc.uint8Array({ minLength: 64, maxLength: 64 })

describe('claim codes', () => {
  it('are read back however they are typed', () => {
    fc.assert(
      fc.property(key, (privateKey) => {
        const code = claimCodeOf(privateKey)
        const shown = formatClaimCode(code)
        expect(shown).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}$/)
        const typed = [
          shown,
          code,
          shown.toLowerCase(),
          ` ${shown.replaceAll('-', ' – ')}\n`,
          shown.replaceAll('0', 'O'),
        ]
        expect(typed.map(parseClaimCode)).toEqual(typed.map(() => code))
        expect(parseClaimCode(shown.replaceAll('1', 'l'))).toBe(code)
      }),
    )
  })

  it('follow from the secret half of the key, and differ', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        fc.pre(a.subarray(0, 32).some((byte, index) => byte !== b[index]))
        expect(claimCodeOf(a)).not.toBe(claimCodeOf(b))
        expect(claimCodeOf(new Uint8Array([...a.subarray(0, 32), ...b.subarray(32)]))).toBe(claimCodeOf(a))
      }),
    )
  })

  it('are nothing else', () => {
    for (const text of ['', 'K7QF-2MPA-XR3', 'K7QF-2MPA-XR3TT', 'K7QF-2MPA-XR3U', 'K7QF-2MPA-XR3!', 'x'.repeat(10_000)])
      expect(() => parseClaimCode(text), text).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(text.replaceAll(/[\s\p{Pd}_.]/gu, '').length !== 12)
        expect(() => parseClaimCode(text)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
      }),
    )
  })
})

it('claim proofs fit one code, one side and one conversation only', async () => {
  const [machine, station, fleet] = (await Promise.all([1, 2, 3].map(() => generateIdentity()))).map(({ id }) => id)
  const transcript = {
    fleet: fleet as string as FleetId,
    machine: machine!,
    station: station!,
    machineNonce: new Uint8Array(32),
    stationNonce: new Uint8Array(32).fill(1),
  }
  const stretched = new Uint8Array(32).fill(7)
  const proofs = [
    claimProof(stretched, 'machine', transcript),
    claimProof(stretched, 'station', transcript),
    claimProof(new Uint8Array(32), 'machine', transcript),
    claimProof(stretched, 'machine', { ...transcript, machine: station! }),
    claimProof(stretched, 'machine', { ...transcript, station: machine! }),
    claimProof(stretched, 'machine', { ...transcript, fleet: machine as string as FleetId }),
    claimProof(stretched, 'machine', { ...transcript, machineNonce: new Uint8Array(32).fill(2) }),
    claimProof(stretched, 'machine', { ...transcript, stationNonce: new Uint8Array(32).fill(2) }),
  ]
  expect(new Set(proofs.map((proof) => Buffer.from(proof).toString('hex'))).size).toBe(proofs.length)
})
