import { FleetError } from '@wrale/kernel'
import { encodeCbor } from '@wrale/protocol'
import { generateIdentity, issueCertificate } from '@wrale/protocol/signing'
import { maxHelloBytes, type PutOutEvidence, refusalSchema } from '@wrale/protocol/wire'
import type { FleetId } from '@wrale/protocol'
import { describe, expect, it } from 'vitest'
import { type PutOut, Vetting } from './vetting.ts'

async function setup(out?: PutOut) {
  const [root, member] = await Promise.all([generateIdentity(), generateIdentity()])
  const fleet = root.id as string as FleetId
  const content = { fleet, fleetName: 'Test', subject: member.id, role: 'node' as const, name: 'roof-1' }
  const certificate = await issueCertificate(
    { ...content, serial: new Uint8Array(16), notBefore: 0, notAfter: 1000 },
    root,
  )
  let nowMs = 500
  const clock = { monotonicMs: () => 0 }
  const vetting = new Vetting({
    fleet,
    clock,
    nowMs: () => nowMs,
    putOut: (peer) => (peer === member.id ? out : undefined),
  })
  return { vetting, member, certificate, at: (ms: number) => void (nowMs = ms) }
}

const evidence: PutOutEvidence = { record: new Uint8Array(500).fill(1), certificate: new Uint8Array(700).fill(2) }

describe('Vetting', () => {
  it('admits a member whose certificate is good here and now', async () => {
    const { vetting, member, certificate, at } = await setup()
    expect(await vetting.admit(certificate.sealed, member.id)).toEqual(certificate)
    at(1001)
    await expect(vetting.admit(certificate.sealed, member.id)).rejects.toMatchObject({
      code: 'NOT_MEMBER',
      message: /expired/,
    })
  })

  it('refuses who was put out, and shows what that stands on', async () => {
    const { vetting, member, certificate } = await setup({ reason: 'stolen', evidence })
    const error: unknown = await vetting.admit(certificate.sealed, member.id).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'NOT_MEMBER', message: /put out of the fleet: stolen/ })
    const refusal = vetting.refusal(error)
    expect(refusal.refused).toMatchObject({ code: 'NOT_MEMBER', evidence })
    expect(refusalSchema.parse(refusal)).toEqual(refusal)
    const shown: PutOutEvidence[] = []
    vetting.shown.subscribe((one) => shown.push(one))
    vetting.heed(refusal)
    vetting.heed({ fleet: 'x' })
    vetting.heed(vetting.refusal(new FleetError('NOT_MEMBER', 'another fleet')))
    expect(shown).toEqual([evidence])
  })

  it('says why without the evidence when that does not fit', async () => {
    const large = { record: new Uint8Array(maxHelloBytes), certificate: new Uint8Array(700) }
    const { vetting, member, certificate } = await setup({ reason: null, evidence: large })
    const error: unknown = await vetting.admit(certificate.sealed, member.id).catch((thrown: unknown) => thrown)
    const refusal = vetting.refusal(error)
    expect(refusal.refused.evidence).toBeUndefined()
    expect(encodeCbor(refusal).byteLength).toBeLessThan(maxHelloBytes)
  })

  it('has a number of its own at each start', async () => {
    const [a, b] = await Promise.all([setup(), setup()])
    expect(a.vetting.instance).not.toEqual(b.vetting.instance)
  })
})
