import { certificateField, memberObject } from '@wrale/protocol/membership'
import { beforeEach, describe, expect, it } from 'vitest'
import { heedPutOut, putOutOf } from './put-out.ts'
import { TestFleet, type TestMember } from './testing/fleet.ts'

let fleet: TestFleet
let station: TestMember
let node: TestMember

beforeEach(async () => {
  fleet = await TestFleet.create()
  station = await fleet.member('desk', { role: 'station' })
  node = await fleet.member('roof-1')
  await station.directory.admit(node.certificate.sealed, node.identity.id)
})

const revoke = (reason: string) =>
  station.replica.setFields(memberObject(node.identity.id), {
    revokedAfter: 0,
    reason,
    certificate: certificateField(node.certificate.sealed),
  })

describe('putOutOf', () => {
  it('says nothing of who is in the fleet', () => {
    expect(putOutOf(station, node.identity.id)).toBeUndefined()
  })

  it('gives what convinces a member that it was put out', async () => {
    await revoke('stolen')
    const out = putOutOf(station, node.identity.id)
    expect(out).toMatchObject({ reason: 'stolen' })
    expect(node.replica.isOut(node.identity.id)).toBe(false)
    await heedPutOut(node, out!.evidence!)
    expect(node.replica.isOut(node.identity.id)).toBe(true)
  })

  it('convinces nobody when it was made by a node, or by a stranger', async () => {
    await revoke('stolen')
    const { evidence } = putOutOf(station, node.identity.id)!
    const elsewhere = await TestFleet.create()
    const stranger = await elsewhere.member('desk', { role: 'station' })
    await expect(heedPutOut(node, { ...evidence!, certificate: stranger.certificate.sealed })).rejects.toMatchObject({
      code: 'NOT_MEMBER',
    })
    const forged = Uint8Array.from(evidence!.record, (byte, index) =>
      index === evidence!.record.length - 10 ? byte ^ 1 : byte,
    )
    await expect(heedPutOut(node, { ...evidence!, record: forged })).rejects.toMatchObject({
      code: expect.stringMatching(/SIGNATURE_INVALID|FRAME_INVALID/) as string,
    })
    expect(node.replica.isOut(node.identity.id)).toBe(false)
  })
})
