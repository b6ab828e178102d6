import fc from 'fast-check'
import { VirtualClock } from '@wrale/kernel/testing'
import { shortIdOf } from '@wrale/protocol'
import { anyPayloadSchema, type ObjectRef } from '@wrale/protocol/records'
import { generateIdentity, type Identity, seal, sealRecord } from '@wrale/protocol/signing'
import { describe, expect, it } from 'vitest'
import { defaultMaxForwardMs, HybridClock } from './hybrid-clock.ts'
import { memoryStorage } from './storage/memory.ts'
import { eventBody, inventoryBody, pull, statusBody, TestFleet } from './testing/fleet.ts'
import { storageConformance } from './testing/storage-conformance.ts'

storageConformance('memory', memoryStorage, false)

const roof: ObjectRef = { type: 'node', id: 'roof-1' }

async function twoMembers() {
  const fleet = await TestFleet.create()
  const writer = await fleet.member('writer', { role: 'station' })
  const reader = await fleet.member('reader', { role: 'station' })
  await writer.directory.admit(reader.certificate.sealed, reader.identity.id)
  return { fleet, writer, reader }
}

describe('what a peer sends', () => {
  it('keeps the age that it had at its sender', async () => {
    const { writer, reader } = await twoMembers()
    const { sealed } = await writer.replica.write('status', statusBody(1))
    const heard = () => reader.replica.latest(writer.identity.id, 'status')?.heardAtWallMs
    await reader.replica.receive(sealed, { from: writer.identity.id, ageMs: 60_000 })
    expect(heard()).toBe(reader.clock.wallMs() - 60_000)
    await reader.replica.receive(sealed, { from: writer.identity.id, ageMs: 10_000 })
    expect(heard()).toBe(reader.clock.wallMs() - 10_000)
  })

  it('is refused when it is a stranger’s, altered, of another fleet, or beyond its author’s role; only some of it blames who sent it', async () => {
    const { fleet, reader } = await twoMembers()
    const codes: string[] = []
    reader.replica.rejected.subscribe(({ error }) => codes.push(error.code))
    const stranger = await generateIdentity()
    const source = { from: stranger.id, ageMs: 0 }
    const header = { seq: 1, prev: 0, hlc: [1, 0] as [number, number] }
    const status = await sealRecord({ kind: 'status', ...header, body: statusBody(1) }, stranger)
    const altered = Uint8Array.from(status.sealed)
    altered[altered.length - 1] = (altered[altered.length - 1] ?? 0) ^ 1
    const foreign = await (await TestFleet.create()).member('foreign')
    const inventory = await sealRecord(
      { kind: 'inventory', ...header, body: inventoryBody('x', foreign.certificate) },
      foreign.identity,
    )
    const node = await fleet.member('node', { role: 'node' })
    await reader.directory.admit(node.certificate.sealed, node.identity.id)
    const intent = await sealRecord(
      { kind: 'intent', ...header, body: { object: roof, set: { label: 'x' }, seen: {} } },
      node.identity,
    )
    const verdicts: string[] = []
    for (const { sealed } of [status, { sealed: altered }, inventory, intent]) {
      verdicts.push(await reader.replica.receive(sealed, source))
    }
    expect(verdicts).toEqual(['deferred', 'rejected', 'deferred', 'rejected'])
    expect(codes).toEqual(['NOT_MEMBER', 'SIGNATURE_INVALID', 'NOT_MEMBER', 'FORBIDDEN'])
    expect(reader.replica.digest()).toEqual({})
  })

  it('is refused when it is arbitrary bytes, and nothing breaks', async () => {
    const { reader } = await twoMembers()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect(await reader.replica.receive(bytes, { from: reader.identity.id, ageMs: 0 })).toBe('rejected')
      }),
    )
  })

  it('is refused beyond the number of authors, and of one author’s records, that may be held', async () => {
    const fleet = await TestFleet.create()
    const members = [await fleet.member('a'), await fleet.member('b'), await fleet.member('c')]
    const options = { maxAuthors: 2, maxRecordsPerAuthor: 2 }
    const reader = await fleet.member('reader', { options })
    const verdicts: string[] = []
    for (const { identity, replica } of members) {
      for (const text of ['one', 'two', 'three']) {
        const { sealed } = await replica.write('event', eventBody(text))
        verdicts.push(await reader.replica.receive(sealed, { from: identity.id, ageMs: 0 }))
      }
    }
    const each = ['new', 'new', 'deferred']
    expect(verdicts).toEqual([...each, ...each, 'deferred', 'deferred', 'deferred'])
  })

  it('shows two records under one number as misconduct, and every member keeps the same one', async () => {
    const { fleet, writer, reader } = await twoMembers()
    const third = await fleet.member('third')
    const header = { kind: 'event' as const, seq: 1, prev: 0, hlc: [1, 0] as [number, number] }
    const one = await sealRecord({ ...header, body: eventBody('one') }, writer.identity)
    const two = await sealRecord({ ...header, body: eventBody('two') }, writer.identity)
    const seen: string[] = []
    reader.replica.equivocated.subscribe(({ author }) => seen.push(author))
    const source = { from: writer.identity.id, ageMs: 0 }
    for (const { sealed } of [one, two]) await reader.replica.receive(sealed, source)
    for (const { sealed } of [two, one]) await third.replica.receive(sealed, source)
    expect(seen).toEqual([writer.identity.id])
    expect(reader.replica.latest(writer.identity.id, 'event')?.record).toEqual(
      third.replica.latest(writer.identity.id, 'event')?.record,
    )
  })
})

describe('records of newer software', () => {
  /** Newer software writes kinds that are not known here. */
  const unchecked = { domain: 'wrale-record/1', schema: anyPayloadSchema, maxBytes: 16_384 }
  const alarm = (author: Identity, seq: number, prev: number, keep?: number) =>
    seal(unchecked, { kind: 'alarm', seq, prev, hlc: [1, 0], ...(keep === undefined ? {} : { keep }), body: 7 }, author)

  it('are kept, passed on, and leave no gap; nothing is done because of them', async () => {
    const { writer, reader } = await twoMembers()
    const source = { from: writer.identity.id, ageMs: 0 }
    await pull(reader, writer)
    const seen: string[] = []
    reader.replica.changed.subscribe(({ record }) => seen.push(record.kind))
    for (const seq of [1, 2, 3]) {
      const sealed = await alarm(writer.identity, seq, seq === 1 ? 0 : seq - 1, 2)
      expect(await reader.replica.receive(sealed, source)).toBe('new')
      expect(await reader.replica.receive(sealed, source)).toBe('known')
      await writer.replica.receive(sealed, source)
    }
    const last = await writer.replica.write('status', statusBody(50))
    expect(last).toMatchObject({ seq: 4, prev: 3 })
    await reader.replica.receive(last.sealed, source)
    expect(seen).toEqual(['status'])
    expect([...reader.replica.entries()].map(({ record }) => record.kind)).toEqual(['status'])
    expect(reader.replica.digest()).toEqual({ [writer.identity.id]: 4 })
    expect(reader.replica.missingFrom({}).records).toHaveLength(3)
    expect(await reader.replica.receive(await alarm(writer.identity, 2, 1, 2), source)).toBe('known')
    expect(await reader.replica.receive(await alarm(writer.identity, 1, 0, 2), source)).toBe('old')
  })

  it('are stored, but not where a status is not if one of them supersedes the other', async () => {
    const fleet = await TestFleet.create()
    const writer = await fleet.member('writer')
    const node = await fleet.member('node', { options: { volatile: ['status'] } })
    const source = { from: writer.identity.id, ageMs: 0 }
    await node.replica.receive(await alarm(writer.identity, 1, 0), source)
    await node.replica.receive(await alarm(writer.identity, 2, 1, 1), source)
    await node.replica.close()
    expect(node.storage.load().records.map(({ seq }) => seq)).toEqual([])
    const station = await fleet.member('station')
    await station.replica.receive(await alarm(writer.identity, 1, 0), source)
    await station.replica.close()
    expect(station.storage.load().records.map(({ seq }) => seq)).toEqual([1])
  })
})

describe('repair', () => {
  it('compares the same digest until something changes', async () => {
    const { writer } = await twoMembers()
    await writer.replica.write('event', eventBody('one'))
    const digest = writer.replica.digest()
    expect(writer.replica.digest()).toBe(digest)
    await writer.replica.write('event', eventBody('two'))
    expect(writer.replica.digest()).toEqual({ [writer.identity.id]: 2 })
    expect(digest).toEqual({ [writer.identity.id]: 1 })
  })

  it('does not take for complete what was deferred before anything of its author was held', async () => {
    const { writer, reader } = await twoMembers()
    const source = { from: writer.identity.id, ageMs: 0 }
    ;(writer.clock as VirtualClock).setWall(reader.clock.wallMs() + defaultMaxForwardMs + 60_000)
    const { sealed } = await writer.replica.setFields(roof, { label: 'future' })
    expect(await reader.replica.receive(sealed, source)).toBe('deferred')
    await writer.replica.write('status', statusBody(1))
    await pull(reader, writer)
    expect(reader.replica.digest()).toEqual({})
    await (reader.clock as VirtualClock).advance(120_000)
    await pull(reader, writer)
    expect(reader.replica.digest()).toEqual(writer.replica.digest())
    expect(reader.replica.fields(roof).get('label')?.winner.value).toBe('future')
  })

  it('does not wait for ever for what was deferred and nobody has any more', async () => {
    const { writer, reader } = await twoMembers()
    const source = { from: writer.identity.id, ageMs: 0 }
    ;(writer.clock as VirtualClock).setWall(reader.clock.wallMs() + defaultMaxForwardMs + 60_000)
    const { sealed } = await writer.replica.setFields(roof, { label: 'future' })
    await reader.replica.receive(sealed, source)
    reader.replica.vouch({ [writer.identity.id]: 5 })
    await reader.replica.receive((await writer.replica.write('status', statusBody(1))).sealed, source)
    expect(reader.replica.digest()).toEqual({})
    await (reader.clock as VirtualClock).advance(60_001)
    reader.replica.vouch({ [writer.identity.id]: 5 })
    expect(reader.replica.digest()).toEqual({ [writer.identity.id]: 5 })
  })

  it('costs what is missing, not what is there', async () => {
    const { writer, reader } = await twoMembers()
    for (let count = 0; count < 100; count++) await writer.replica.write('event', eventBody(`event ${count}`))
    expect(await pull(reader, writer)).toBe(100)
    expect(await pull(reader, writer)).toBe(0)
    for (let count = 0; count < 3; count++) await writer.replica.write('event', eventBody(`late ${count}`))
    expect(await pull(reader, writer)).toBe(3)
    expect(reader.replica.digest()).toEqual(writer.replica.digest())
  })

  it('asks for nothing when only superseded statuses were lost', async () => {
    const { writer, reader } = await twoMembers()
    await writer.replica.write('event', eventBody('first'))
    await pull(reader, writer)
    for (let value = 0; value < 10; value++) await writer.replica.write('status', statusBody(value))
    const last = await writer.replica.write('status', statusBody(50))
    await reader.replica.receive(last.sealed, { from: writer.identity.id, ageMs: 0 })
    expect(reader.replica.digest()).toEqual(writer.replica.digest())
  })
})

describe('marks that are lies', () => {
  it('silence nobody for longer than until the next word, and are told of', async () => {
    const { writer, reader } = await twoMembers()
    const fleet = await TestFleet.create()
    const liar = (await fleet.member('liar')).identity.id
    const source = { from: writer.identity.id, ageMs: 0 }
    await writer.replica.write('event', eventBody('one'))
    await writer.replica.write('status', statusBody(1))
    await pull(reader, writer)
    const misled: unknown[] = []
    reader.replica.misled.subscribe((found) => misled.push(found))
    reader.replica.vouch({ [writer.identity.id]: Number.MAX_SAFE_INTEGER }, liar)
    await writer.replica.write('event', eventBody('missed'))
    const { sealed } = await writer.replica.write('status', statusBody(2))
    expect(await reader.replica.receive(sealed, source)).toBe('new')
    expect(misled).toEqual([{ author: writer.identity.id, by: liar }])
    expect(reader.replica.latest(writer.identity.id, 'status')?.record.body).toEqual(statusBody(2))
    // What was written meanwhile is missed, and comes.
    await pull(reader, writer)
    expect([...reader.replica.entries('event')]).toHaveLength(2)
    expect(reader.replica.digest()).toEqual(writer.replica.digest())
  })

  it('do not keep a member from writing', async () => {
    const { writer, reader } = await twoMembers()
    await writer.replica.write('event', eventBody('one'))
    writer.replica.vouch({ [writer.identity.id]: Number.MAX_SAFE_INTEGER }, reader.identity.id)
    await writer.replica.write('event', eventBody('two'))
    expect([...writer.replica.entries('event')]).toHaveLength(2)
    await pull(reader, writer)
    expect([...reader.replica.entries('event')]).toHaveLength(2)
  })
})

describe('intents', () => {
  it('are decided field by field, and what lost stays to be seen with its author', async () => {
    const { writer, reader } = await twoMembers()
    await writer.replica.setFields(roof, { label: 'north', note: 'old' })
    await pull(reader, writer)
    // Apart: both change the label, one the note.
    await writer.replica.setFields(roof, { label: 'pump' })
    await (reader.clock as VirtualClock).advance(5000)
    await reader.replica.setFields(roof, { label: 'mast', note: 'new' })
    await pull(reader, writer)
    await pull(writer, reader)
    for (const { replica } of [writer, reader]) {
      const fields = replica.fields(roof)
      expect(fields.get('label')?.winner.value).toBe('mast')
      expect(fields.get('label')?.conflicts.map(({ value, author }) => [value, author])).toEqual([
        ['pump', writer.identity.id],
      ])
      expect(fields.get('note')?.conflicts).toEqual([])
      expect(replica.history(roof, 'label').map(({ body }) => body.set['label'])).toEqual(['mast', 'pump', 'north'])
    }
    // Whoever decides with both in view ends the conflict.
    await writer.replica.setFields(roof, { label: 'pump mast' })
    expect(writer.replica.fields(roof).get('label')).toMatchObject({ winner: { value: 'pump mast' }, conflicts: [] })
  })

  it('overrule what was said before, also when the clock was set back while the member was off', async () => {
    const { fleet, writer, reader } = await twoMembers()
    await writer.replica.setFields(roof, { label: 'first' })
    await pull(reader, writer)
    await reader.replica.setFields(roof, { label: 'second' })
    const clock = new VirtualClock(0)
    const { identity, storage } = reader
    const again = await fleet.member('reader', { role: 'station', clock, storage, identity })
    await again.replica.setFields(roof, { label: 'third' })
    expect(again.replica.fields(roof).get('label')?.winner.value).toBe('third')
    await pull(writer, again)
    expect(writer.replica.fields(roof).get('label')?.winner.value).toBe('third')
  })

  it('from far in the future are not believed, and do not carry the clock of who receives them', async () => {
    const { writer, reader } = await twoMembers()
    ;(writer.clock as VirtualClock).setWall(reader.clock.wallMs() + defaultMaxForwardMs + 60_000)
    const { sealed } = await writer.replica.setFields(roof, { label: 'future' })
    const source = { from: writer.identity.id, ageMs: 0 }
    expect(await reader.replica.receive(sealed, source)).toBe('deferred')
    expect((await reader.replica.setFields(roof, { label: 'now' })).hlc[0]).toBe(reader.clock.wallMs())
    await (reader.clock as VirtualClock).advance(120_000)
    expect(await reader.replica.receive(sealed, source)).toBe('new')
  })
})

describe('revocation', () => {
  it('ends with the same records everywhere, whoever saw what first', async () => {
    const fleet = await TestFleet.create()
    const station = await fleet.member('station', { role: 'station' })
    const thief = await fleet.member('thief')
    const before = await thief.replica.write('event', eventBody('before'))
    await thief.replica.write('status', statusBody(1))
    const after = await thief.replica.write('event', eventBody('after'))
    const saw = await fleet.member('saw')
    const heard = await fleet.member('heard')
    await station.directory.admit(thief.certificate.sealed, thief.identity.id)
    await pull(saw, thief)
    await pull(station, thief)
    await station.replica.setFields({ type: 'member', id: thief.identity.id }, { revokedAfter: before.seq })
    await pull(heard, station)
    expect(await heard.replica.receive(after.sealed, { from: thief.identity.id, ageMs: 0 })).toBe('deferred')
    await pull(saw, station)
    await pull(heard, saw)
    await pull(saw, heard)
    for (const { replica } of [saw, heard, station]) {
      const kept = [...replica.entries()].filter(({ record }) => record.author === thief.identity.id)
      expect(kept.map(({ record }) => record.seq)).toEqual([before.seq])
    }
  })
})

describe('the member directory', () => {
  it('finds whose short id it is', async () => {
    const { writer, reader } = await twoMembers()
    expect(writer.directory.resolve(shortIdOf(reader.identity.id))).toBe(reader.identity.id)
    expect(writer.directory.resolve(shortIdOf((await generateIdentity()).id))).toBeUndefined()
  })
})

describe('sequence numbers', () => {
  it('go on after a kill, and after the storage was lost', async () => {
    const fleet = await TestFleet.create()
    const first = await fleet.member('node', { options: { reserve: 10 } })
    const before = await first.replica.write('status', statusBody(1))
    // Never closed: killed.
    const second = await fleet.member('node', { storage: first.storage, identity: first.identity })
    const after = await second.replica.write('status', statusBody(2))
    expect(after.seq).toBeGreaterThan(before.seq)
    const third = await fleet.member('node', { identity: first.identity })
    await third.replica.receive(after.sealed, { from: first.identity.id, ageMs: 0 })
    expect((await third.replica.write('status', statusBody(3))).seq).toBeGreaterThan(after.seq)
  })
})

describe('storage of a node', () => {
  it('holds no statuses, and claims no completeness that it has not', async () => {
    const fleet = await TestFleet.create()
    const writer = await fleet.member('writer')
    const options = { volatile: ['status'] as const }
    const node = await fleet.member('node', { options })
    await writer.replica.write('event', eventBody('one'))
    await writer.replica.write('status', statusBody(1))
    await writer.replica.write('event', eventBody('two'))
    await pull(node, writer)
    await node.replica.close()
    expect(node.storage.load().records).toHaveLength(2)
    const again = await fleet.member('node', { storage: node.storage, identity: node.identity, options })
    expect(again.replica.latest(writer.identity.id, 'status')).toBeUndefined()
    await pull(again, writer)
    expect(again.replica.latest(writer.identity.id, 'status')?.record.body).toEqual(statusBody(1))
    expect(again.replica.digest()[writer.identity.id]).toBe(writer.replica.digest()[writer.identity.id])
  })
})

describe('HybridClock', () => {
  it('only ever goes forward, however the wall clock moves and whatever it observes', () => {
    const jump = fc.integer({ min: -10_000_000, max: 10_000_000 })
    fc.assert(
      fc.property(fc.array(fc.tuple(jump, jump, fc.nat(0xffff)), { minLength: 2 }), (moves) => {
        const clock = new VirtualClock(1_000_000_000)
        const hlc = new HybridClock(clock)
        let last = hlc.tick()
        for (const [own, other, counter] of moves) {
          clock.setWall(clock.wallMs() + own)
          hlc.observe([Math.max(0, clock.wallMs() + other), counter])
          const next = hlc.tick()
          expect(next[0] > last[0] || (next[0] === last[0] && next[1] > last[1])).toBe(true)
          last = next
        }
      }),
    )
  })

  it('is never carried further ahead than its bound', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 45), (wallMs) => {
        const clock = new VirtualClock(1_000_000_000)
        const hlc = new HybridClock(clock)
        hlc.observe([wallMs, 0])
        expect(hlc.tick()[0]).toBeLessThanOrEqual(clock.wallMs() + defaultMaxForwardMs)
      }),
    )
  })
})
