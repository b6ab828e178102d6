import fc from 'fast-check'
import { VirtualClock } from '@wrale/kernel/testing'
import type { FleetRecord } from '@wrale/protocol/records'
import { generateIdentity, sealRecord } from '@wrale/protocol/signing'
import { describe, expect, it } from 'vitest'
import { HybridClock } from './hybrid-clock.ts'
import { memoryStorage } from './storage/memory.ts'
import { storageConformance } from './testing/storage-conformance.ts'
import { inventoryBody, statusBody, TestFleet } from './testing/fleet.ts'

storageConformance('memory', memoryStorage, false)

async function writerAndReader() {
  const fleet = await TestFleet.create()
  const writer = await fleet.member('writer')
  const reader = await fleet.member('reader')
  await writer.replica.open()
  await reader.replica.open()
  return { fleet, writer, reader }
}

describe('Replica', () => {
  it('ends in one state, whatever the order, loss and repetition of what was delivered', async () => {
    const { fleet, writer } = await writerAndReader()
    const inventory = await writer.replica.write('inventory', inventoryBody('writer', writer.certificate))
    const statuses: FleetRecord[] = []
    for (let value = 1; value <= 6; value++)
      statuses.push(await writer.replica.write('status', statusBody('writer', value)))
    const deliveries = fc.array(fc.nat(statuses.length - 1), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(deliveries, async (order) => {
        const { replica } = await fleet.member('reader')
        await replica.open()
        await replica.receive(inventory.sealed, { from: writer.identity.id, ageMs: 0 })
        for (const index of [...order, statuses.length - 1]) {
          const sealed = statuses[index]?.sealed
          if (sealed !== undefined) await replica.receive(sealed, { from: writer.identity.id, ageMs: 0 })
        }
        expect(replica.latest(writer.identity.id, 'status')?.record.body).toEqual(statusBody('writer', 6))
        expect(replica.digest()).toEqual(writer.replica.digest())
        await replica.close()
      }),
      { numRuns: 30 },
    )
  })

  it('gives another member what it lacks, certificates first, and nothing twice', async () => {
    const { writer, reader } = await writerAndReader()
    await writer.replica.write('status', statusBody('writer', 40))
    await writer.replica.write('inventory', inventoryBody('writer', writer.certificate))
    for (const { sealed, ageMs } of writer.replica.missingFrom(reader.replica.digest())) {
      expect(await reader.replica.receive(sealed, { from: writer.identity.id, ageMs })).toBe('new')
    }
    expect(writer.replica.missingFrom(reader.replica.digest())).toEqual([])
    expect([...reader.replica.entries('status')]).toHaveLength(1)
  })

  it('keeps the age that a record had at its sender', async () => {
    const { writer, reader } = await writerAndReader()
    const inventory = await writer.replica.write('inventory', inventoryBody('writer', writer.certificate))
    await reader.replica.receive(inventory.sealed, { from: writer.identity.id, ageMs: 60_000 })
    const heard = reader.replica.latest(writer.identity.id, 'inventory')
    expect(heard?.heardAtWallMs).toBe(reader.clock.wallMs() - 60_000)
    await reader.replica.receive(inventory.sealed, { from: writer.identity.id, ageMs: 10_000 })
    expect(reader.replica.latest(writer.identity.id, 'inventory')?.heardAtWallMs).toBe(reader.clock.wallMs() - 10_000)
  })

  it('lets in no record of a stranger, of another fleet, altered, or under a key of its own making', async () => {
    const { reader } = await writerAndReader()
    const errors: string[] = []
    reader.replica.rejected.subscribe(({ error }) => errors.push(error.code))
    const stranger = await generateIdentity()
    const source = { from: stranger.id, ageMs: 0 }
    const payload = {
      kind: 'status' as const,
      key: 'self',
      seq: 1,
      hlc: [1, 0] as [number, number],
      body: statusBody('x', 1),
    }
    const good = await sealRecord(payload, stranger)
    expect(await reader.replica.receive(good.sealed, source)).toBe('rejected')
    const altered = Uint8Array.from(good.sealed)
    altered[altered.length - 1] = (altered[altered.length - 1] ?? 0) ^ 1
    expect(await reader.replica.receive(altered, source)).toBe('rejected')
    const otherFleet = await TestFleet.create()
    const foreign = await otherFleet.member('foreign')
    const inventory = await sealRecord(
      { ...payload, kind: 'inventory', body: inventoryBody('x', foreign.certificate) },
      foreign.identity,
    )
    expect(await reader.replica.receive(inventory.sealed, source)).toBe('rejected')
    expect(
      await reader.replica.receive((await sealRecord({ ...payload, key: 'other' }, stranger)).sealed, source),
    ).toBe('rejected')
    expect(errors).toEqual(['NOT_MEMBER', 'SIGNATURE_INVALID', 'NOT_MEMBER', 'FORBIDDEN'])
    expect(reader.replica.digest()).toEqual({})
  })

  it('survives arbitrary bytes', async () => {
    const { reader } = await writerAndReader()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect(await reader.replica.receive(bytes, { from: reader.identity.id, ageMs: 0 })).toBe('rejected')
      }),
    )
  })

  it('goes on above its old sequence numbers after a restart, and after its storage was lost', async () => {
    const fleet = await TestFleet.create()
    const first = await fleet.member('node', { options: { reserve: 10 } })
    await first.replica.open()
    const before = await first.replica.write('status', statusBody('node', 1))
    // No close: the process was killed.
    const second = await fleet.member('node', { storage: first.storage, identity: first.identity })
    await second.replica.open()
    const after = await second.replica.write('status', statusBody('node', 2))
    expect(after.seq).toBeGreaterThan(before.seq)

    const third = await fleet.member('node', { identity: first.identity })
    await third.replica.open()
    await third.replica.receive(after.sealed, { from: first.identity.id, ageMs: 0 })
    expect((await third.replica.write('status', statusBody('node', 3))).seq).toBeGreaterThan(after.seq)
  })

  it('refuses what goes beyond the number of things that it may hold', async () => {
    const fleet = await TestFleet.create()
    const reader = await fleet.member('reader', { options: { maxSlots: 2 } })
    await reader.replica.open()
    const verdicts = []
    for (const name of ['a', 'b', 'c']) {
      const writer = await fleet.member(name)
      await writer.replica.open()
      const { sealed } = await writer.replica.write('inventory', inventoryBody(name, writer.certificate))
      verdicts.push(await reader.replica.receive(sealed, { from: writer.identity.id, ageMs: 0 }))
    }
    expect(verdicts).toEqual(['new', 'new', 'rejected'])
  })
})

describe('HybridClock', () => {
  it('only ever goes forward, however the wall clock moves', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -10_000_000, max: 10_000_000 }), { minLength: 2 }), (jumps) => {
        const clock = new VirtualClock(1_000_000_000)
        const hlc = new HybridClock(clock)
        let last = hlc.tick()
        for (const jump of jumps) {
          clock.setWall(clock.wallMs() + jump)
          const next = hlc.tick()
          expect(next[0] > last[0] || (next[0] === last[0] && next[1] > last[1])).toBe(true)
          last = next
        }
      }),
    )
  })
})
