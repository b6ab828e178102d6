import fc from 'fast-check'
import type { FieldValue, ObjectRef } from '@wrale/protocol/records'
import { describe, expect, it } from 'vitest'
import type { Replica } from './replica.ts'
import { eventBody, inventoryBody, pull, statusBody, TestFleet, type TestMember } from './testing/fleet.ts'

const retention = { events: 3, operationsPerObject: 2 }
const objects: readonly ObjectRef[] = [
  { type: 'node', id: 'roof-1' },
  { type: 'group', id: 'pumps' },
]

/** What can happen in a fleet, by index of member. */
type Step =
  | { readonly do: 'status' | 'event' | 'inventory'; readonly who: number; readonly value: number }
  | {
      readonly do: 'set'
      readonly who: number
      readonly object: number
      readonly field: string
      readonly value: FieldValue
    }
  | { readonly do: 'push'; readonly who: number; readonly to: number; readonly nth: number }
  | { readonly do: 'pull'; readonly who: number; readonly to: number }
  | { readonly do: 'restart'; readonly who: number }

const who = fc.nat(3)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('status' as const, 'event' as const, 'inventory' as const), who, value: fc.nat(90) }),
  // Members 0 and 1 are stations: they write intents.
  fc.record({
    do: fc.constant('set' as const),
    who: fc.nat(1),
    object: fc.nat(1),
    field: fc.constantFrom('a', 'b', 'c'),
    value: fc.nat(9),
  }),
  // Old events and operations that arrive late, over and over, are what retention must not care about.
  fc.record({ do: fc.constant('event' as const), who: fc.constant(0), value: fc.nat(90) }),
  fc.record({ do: fc.constant('push' as const), who, to: who, nth: fc.nat(50) }),
  fc.record({ do: fc.constant('push' as const), who, to: who, nth: fc.nat(20) }),
  fc.record({ do: fc.constant('pull' as const), who, to: who }),
  fc.record({ do: fc.constant('restart' as const), who }),
)

async function makeFleet(): Promise<{ fleet: TestFleet; members: TestMember[] }> {
  const fleet = await TestFleet.create()
  const members: TestMember[] = []
  for (const name of ['s0', 's1', 'n2', 'n3']) {
    members.push(
      await fleet.member(name, { role: name.startsWith('s') ? 'station' : 'node', options: { retention, reserve: 5 } }),
    )
  }
  for (const member of members)
    for (const other of members) await member.directory.admit(other.certificate.sealed, other.identity.id)
  return { fleet, members }
}

async function carryOut(fleet: TestFleet, members: TestMember[], steps: readonly Step[]): Promise<void> {
  const sent: Uint8Array[] = []
  for (const next of steps) {
    const member = members[next.who]!
    switch (next.do) {
      case 'status':
        sent.push((await member.replica.write('status', statusBody(next.value))).sealed)
        break
      case 'event':
        sent.push((await member.replica.write('event', eventBody(`event ${next.value}`))).sealed)
        break
      case 'inventory':
        sent.push((await member.replica.write('inventory', inventoryBody('x', member.certificate))).sealed)
        break
      case 'set':
        sent.push((await member.replica.setFields(objects[next.object]!, { [next.field]: next.value })).sealed)
        break
      case 'push': {
        const sealed = sent[next.nth % Math.max(1, sent.length)]
        if (sealed !== undefined)
          await members[next.to]!.replica.receive(sealed, { from: member.identity.id, ageMs: 0 })
        break
      }
      case 'pull':
        await pull(members[next.to]!, member)
        break
      case 'restart': {
        // Killed: nothing that was not flushed survives.
        const { identity, storage, clock } = member
        const role = member.certificate.role
        const again = await fleet.member(member.certificate.name, {
          identity,
          storage,
          clock,
          role,
          options: { retention, reserve: 5 },
        })
        for (const other of members) await again.directory.admit(other.certificate.sealed, other.identity.id)
        members[next.who] = again
      }
    }
  }
}

/** Everything that a person could see of a replica, in one order. */
function picture(replica: Replica): unknown {
  const records = [...replica.entries()].map(({ record }) => `${record.author}/${record.seq}/${record.kind}`).toSorted()
  const views = objects.map((object) => ({
    fields: [...replica.fields(object)].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    history: replica.history(object).map(({ author, seq }) => [author, seq]),
  }))
  return { records, views, digest: Object.entries(replica.digest()).toSorted(([a], [b]) => (a < b ? -1 : 1)) }
}

describe('replicas', () => {
  it('end with identical state, history and digest, whatever was lost, repeated, reordered, split or killed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 80 }), async (steps) => {
        const { fleet, members } = await makeFleet()
        await carryOut(fleet, members, steps)
        // The partition heals: two rounds along a line of neighbours and back reach everyone from everyone.
        for (let round = 0; round < 2; round++) {
          for (const [a, b] of [
            [0, 1],
            [1, 2],
            [2, 3],
            [3, 2],
            [2, 1],
            [1, 0],
          ] as const) {
            await pull(members[a]!, members[b]!)
            await pull(members[b]!, members[a]!)
          }
        }
        const [first, ...others] = members.map(({ replica }) => picture(replica))
        for (const other of others) expect(other).toEqual(first)
        // And nobody has anything left to say.
        for (const a of members)
          for (const b of members) expect(a.replica.missingFrom(b.replica.digest()).records).toEqual([])
      }),
      { numRuns: 150 },
    )
  }, 120_000)
})
