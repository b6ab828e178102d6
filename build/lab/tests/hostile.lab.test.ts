import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Fleet, poll, startFleet } from '../fleet/index.ts'
import { labCapability } from '../src/index.ts'
import { isCurrent } from './expectations.ts'
import { type Attack, type Papers, Siege, stationPort } from './hostile/siege.ts'

const capability = labCapability()
const skipped = capability.kind === 'loopback' ? ` (skipped: ${capability.reason})` : ''
const mib = 2 ** 20
/**
 * What any attack may add to a member's memory while it lasts, bytes: garbage, which is collected later, and what an idle daemon had given
 * back to the system before. Five times the attack does not add more.
 */
const boundBytes = { node: 72 * mib, station: 160 * mib }
/** In which a member must answer its own machine, whatever goes on, ms. Two processors do all of this. */
const answerMs = 3000
const size = 3

interface Case {
  readonly behaviour: string
  readonly papers?: Papers
  readonly ms?: number
  /** Kinds of incident that members count and tell the fleet of. */
  readonly kinds?: readonly string[]
  /** Whether who does that is kept out for a while. */
  readonly keptOut?: boolean
}

const strangers: readonly Case[] = [
  { behaviour: 'knock', papers: 'self-signed', kinds: ['hello-refused'], keptOut: true },
  { behaviour: 'knock', papers: 'other-fleet', kinds: ['hello-refused'], keptOut: true },
  { behaviour: 'knock', papers: 'expired', kinds: ['hello-refused'], keptOut: true },
  { behaviour: 'knock', papers: 'another member’s', kinds: ['hello-refused'], keptOut: true },
  { behaviour: 'silence', papers: 'self-signed', ms: 5500, kinds: ['hello-overdue'] },
  { behaviour: 'slowHello', papers: 'self-signed', kinds: ['hello-overdue'] },
  { behaviour: 'endlessHello', papers: 'self-signed', kinds: ['hello-refused'] },
  { behaviour: 'sockets', papers: 'self-signed', kinds: ['connection-flood'] },
  { behaviour: 'lies', papers: 'self-signed' },
  { behaviour: 'crowd', papers: 'self-signed' },
  { behaviour: 'noise', papers: 'self-signed' },
]

const badMembers: readonly Case[] = [
  { behaviour: 'recordFlood', kinds: ['link-flood'], keptOut: true },
  { behaviour: 'garbage', kinds: ['link-rejected'], keptOut: true },
  { behaviour: 'hugeFrame', kinds: ['link-rejected'], keptOut: true },
  { behaviour: 'beyondRole', kinds: ['push-rejected'], keptOut: true },
  { behaviour: 'future', papers: 'station', kinds: ['link-flood'], keptOut: true },
  { behaviour: 'equivocation', kinds: ['equivocation'] },
  { behaviour: 'replay', kinds: ['link-flood'], keptOut: true },
  { behaviour: 'streams' },
  { behaviour: 'slowStreams' },
  // Each such answer takes seconds; on a busy machine the attack ends before there were too many of them.
  { behaviour: 'endlessAnswer', kinds: ['sync-rejected'] },
  { behaviour: 'falseMarks', kinds: ['false-marks'] },
]

const listSchema = z.object({ items: z.array(z.object({ name: z.string() })) })
const knockSchema = z.object({ heard: z.array(z.array(z.string())) })
const memberSchema = z.object({ told: z.array(z.object({ last: z.string(), again: z.array(z.string()) })) })

/** By target, what the peer heard at last. */
function lastWords({ outcome }: Attack): string[][] {
  const knock = knockSchema.safeParse(outcome)
  if (knock.success) return knock.data.heard.map((heard) => heard.slice(-3))
  const member = memberSchema.safeParse(outcome)
  return member.success ? member.data.told.map(({ last, again }) => [last, ...again]) : []
}

function describeAttack({ tolls, outcome, seconds }: Attack): string {
  const lines = tolls.map(
    ({ name, grownBytes, cpuSeconds, slowestMs, incidents }) =>
      `  ${name}: +${(grownBytes / mib).toFixed(1)} MiB, ${cpuSeconds.toFixed(2)} s CPU, /livez in ${slowestMs} ms, ${JSON.stringify(incidents)}`,
  )
  return `${seconds.toFixed(1)} s\n${lines.join('\n')}\n  ${JSON.stringify(outcome).slice(0, 600)}`
}

describe.skipIf(capability.kind !== 'netns')(`a hostile peer${skipped}`, () => {
  let fleet: Fleet
  let siege: Siege
  beforeAll(async () => {
    fleet = await startFleet({ nodes: size, stationArgs: ['--listen', `/ip4/0.0.0.0/tcp/${stationPort}`] })
    siege = await Siege.lay(fleet)
  })
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.log(fleet.describe())
  })
  afterAll(async () => {
    await fleet?.close()
  })

  const names = (): string[] => fleet.daemons.map(({ name }) => name)

  async function untilAllAreHeard(sinceMs: number): Promise<void> {
    await fleet.view.until('every node is heard', ({ nodes }) =>
      names().every((name) => isCurrent(nodes.get(name)) && Date.parse(nodes.get(name)?.lastSeen ?? '') > sinceMs),
    )
  }

  async function listed(path: string): Promise<string[]> {
    return listSchema.parse((await fleet.station.request(path)).json()).items.map(({ name }) => name)
  }

  async function withstand({
    behaviour,
    papers = 'member',
    ms = 3000,
    kinds = [],
    keptOut = false,
  }: Case): Promise<void> {
    const sinceMs = Date.now()
    const attack = await siege.attack(behaviour, await siege.recruit(papers), ms)
    console.log(`${behaviour}, ${papers}: ${describeAttack(attack)}`)
    expect(attack.tolls.filter(({ role, grownBytes }) => grownBytes > boundBytes[role])).toEqual([])
    expect(attack.tolls.filter(({ slowestMs }) => slowestMs > answerMs)).toEqual([])
    const counted = new Set(attack.tolls.flatMap(({ incidents }) => Object.keys(incidents)))
    expect([...counted]).toEqual(expect.arrayContaining([...kinds]))
    for (const kind of kinds) {
      const path = `/api/v1/events?name=security.${kind}`
      await poll(`the station lists ${path}`, async () => (await listed(path)).length > 0)
    }
    const letIn = lastWords(attack).filter((words) => words.includes('admitted'))
    expect(keptOut ? letIn : []).toEqual([])
    await untilAllAreHeard(sinceMs)
  }

  test.each(strangers)('without membership: $behaviour $papers', withstand)

  test('that was put out is refused by all, and kept out', async () => {
    const member = await siege.recruit('member')
    const before = await siege.attack('knock', member, 0)
    expect(lastWords(before).flat()).toEqual(Array.from({ length: 3 * (size + 1) }, () => 'admitted'))
    const revoked = await fleet.station.request(`/api/v1/members/${member.identity.id}/revoke`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"reason":"stolen"}',
    })
    expect(revoked.status, revoked.text()).toBe(200)
    await poll('all refuse it', async () => {
      const after = await siege.attack('knock', member, 0)
      return !lastWords(after).flat().includes('admitted')
    })
    await untilAllAreHeard(Date.now())
  })

  test.each(badMembers)('that is a member: $behaviour', withstand)

  test('changed nothing that it may not, and silenced nobody', async () => {
    expect(await listed('/api/v1/groups')).toEqual([])
    await untilAllAreHeard(Date.now())
  })

  test.each(['lies', 'sockets'])('does not keep a node that starts again from its fleet: %s', async (behaviour) => {
    const [daemon] = fleet.daemons
    const attacker = await siege.begin(behaviour, await siege.recruit('self-signed'), 6000)
    await daemon?.kill()
    daemon?.start()
    await untilAllAreHeard(Date.now())
    expect((await attacker.exit).code).toBe(0)
  })
})
