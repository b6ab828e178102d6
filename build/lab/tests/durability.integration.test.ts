import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { damages } from './durability/damage.ts'
import { bundleWriter, Lives } from './durability/lives.ts'
import { sequence } from './durability/random.ts'

const kills = 200
/** At a time; each has its own state folder. */
const writers = 4

let folder = ''
let program = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wrale-durability-'))
  program = await bundleWriter(folder)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const stateFiles = ['identity.key', 'lock.sqlite', 'records.sequence', 'records.sqlite', 'settings.json']

function createMembers(prefix: string): Promise<Lives[]> {
  return Promise.all(
    Array.from({ length: writers }, (_, index) =>
      Lives.create(program, join(folder, `${prefix}${index}`), index % 2 === 0 ? 'station' : 'node'),
    ),
  )
}

test(
  `${kills} kills at random moments lose nothing that was acknowledged, and no number is used twice`,
  { timeout: 240_000 },
  async () => {
    const members = await createMembers('killed')
    const startedAtMs = performance.now()
    await Promise.all(
      members.map(async (member, index) => {
        const random = sequence(index + 1)
        for (let life = 0; life < kills / writers; life++) await member.live(random)
        await member.settle()
      }),
    )
    const acknowledged = members.reduce((sum, member) => sum + member.acknowledged, 0)
    const seconds = Math.round((performance.now() - startedAtMs) / 1000)
    console.log(`${kills} kills in ${seconds} s: ${acknowledged} records acknowledged`)
    expect(members.flatMap(({ faults }) => faults)).toEqual([])
    expect(acknowledged).toBeGreaterThan(kills * 5)
    for (const member of members) expect((await member.files()).toSorted()).toEqual(stateFiles)
  },
)

describe('a state folder that was damaged', () => {
  test('opens again, and what was in it comes back from a peer', { timeout: 240_000 }, async () => {
    const members = await createMembers('spoilt')
    const setAside = new Set<string>()
    await Promise.all(
      members.map(async (member, index) => {
        const random = sequence(index + 100)
        for (const damage of damages.filter((_, number) => number % writers === index)) {
          // Killed, so that what was not merged into the database yet is in its log.
          await member.live(random)
          damage.apply(member.folder, random)
          if ((await member.settle(damage.name)) !== null) setAside.add(damage.name)
        }
      }),
    )
    console.log(`${damages.length} damages; set aside: ${[...setAside].toSorted().join(', ')}`)
    expect(members.flatMap(({ faults }) => faults)).toEqual([])
    for (const member of members) {
      const files = await member.files()
      expect(files.filter((name) => name.endsWith('.tmp'))).toEqual([])
      for (const name of stateFiles) {
        const kept = files.filter((file) => new RegExp(`^${name}\\.damaged-\\d+$`).test(file))
        expect(kept.length, kept.join()).toBeLessThanOrEqual(2)
      }
    }
    for (const how of ['garbage', 'a folder in its place', 'of a version from the future', 'with a table missing'])
      expect([...setAside]).toContain(`records.sqlite ${how}`)
  })
})
