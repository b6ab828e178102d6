import { readdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Fleet, poll, startFleet } from '../fleet/index.ts'
import { labCapability } from '../src/index.ts'
import { sequence } from './durability/random.ts'
import { isCurrent, untilEveryoneKnowsEveryone } from './expectations.ts'

const capability = labCapability()
const skipped = capability.kind === 'loopback' ? ` (skipped: ${capability.reason})` : ''
const listSchema = z.object({ items: z.array(z.object({ name: z.string() })) })
const eventsSchema = z.object({ items: z.array(z.object({ at: z.string() })) })
const hourMs = 3_600_000
const kills = 12

describe.skipIf(capability.kind !== 'netns')(`whole programs${skipped}`, () => {
  let fleet: Fleet
  beforeAll(async () => {
    fleet = await startFleet({
      nodes: [{}, {}, { name: 'odd-clock', clock: { at: 0 } }],
      stationClock: { offsetMs: 0 },
    })
  })
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.log(fleet.describe())
  })
  afterAll(async () => {
    await fleet?.close()
  })

  const namesAt = async (path: string): Promise<string[]> =>
    listSchema.parse((await fleet.station.request(path)).json()).items.map(({ name }) => name)

  async function makeGroup(name: string): Promise<boolean> {
    return await describeGroup(name, null)
  }

  async function describeGroup(name: string, description: string | null): Promise<boolean> {
    const body = JSON.stringify({ description })
    const init = { method: 'PUT', headers: { 'content-type': 'application/json' }, body }
    return (await fleet.station.request(`/api/v1/groups/${name}`, init)).status < 300
  }

  test(`that are killed ${kills} times at random moments are back, with all that was acknowledged`, async () => {
    const random = sequence(7)
    const [daemon] = fleet.daemons
    const { id } = fleet.view.node(daemon!.name)
    const acknowledged: string[] = []
    for (let kill = 0; kill < kills; kill++) {
      await sleep(random() * 1500)
      if (kill % 2 === 0) {
        await daemon!.kill()
        daemon!.start()
      } else {
        if (await makeGroup(`group-${kill}`)) acknowledged.push(`group-${kill}`)
        await fleet.station.process.destroy()
        await fleet.station.start()
      }
    }
    await fleet.untilAllSpeak({ timeoutMs: 30_000 })
    expect(fleet.view.node(daemon!.name).id).toBe(id)
    expect(acknowledged).toHaveLength(kills / 2)
    expect((await namesAt('/api/v1/groups')).toSorted()).toEqual(acknowledged.toSorted())
    await untilEveryoneKnowsEveryone(fleet)
    // A number that is used twice is seen as a cloned identity.
    expect((await namesAt('/api/v1/events?limit=500')).filter((name) => name.startsWith('security.'))).toEqual([])
    for (const { stateDir } of [daemon!, fleet.station])
      expect((await readdir(stateDir)).filter((name) => /tmp$|damaged/.test(name))).toEqual([])
  })

  test('whose clock begins in 1970, jumps to 2038, comes right and goes back an hour are heard all the same', async () => {
    const { view, daemons } = fleet
    const odd = daemons[2]!
    await untilEveryoneKnowsEveryone(fleet)
    for (const offsetMs of [Date.UTC(2038, 0, 19) - Date.now(), 0, -hourMs]) {
      await odd.process.setClock({ offsetMs })
      const since = Date.now()
      const seen = await view.until(`it is heard with its clock ${offsetMs} ms off`, ({ nodes }) => {
        const node = nodes.get(odd.name)
        return isCurrent(node) && Date.parse(node?.lastSeen ?? '') > since
      })
      expect(Math.abs(Date.parse(seen.nodes.get(odd.name)?.lastSeen ?? '') - Date.now())).toBeLessThan(60_000)
      await poll('its clock error is shown while it has one', async () => {
        const { reasons } = await fleet.station.node(view.node(odd.name).id)
        return reasons.some(({ code }) => code === 'clock-wrong') === (offsetMs !== 0)
      })
    }
  })

  test('of which one is a station whose clock jumps: what it says last holds, under the time of the fleet', async () => {
    const { station } = fleet
    const offsets = [Date.UTC(2038, 0, 19) - Date.now(), -hourMs, 0]
    for (const offsetMs of offsets) {
      await station.process.setClock({ offsetMs })
      expect(await describeGroup('timely', `said ${offsetMs}`)).toBe(true)
      const shown = z.object({ description: z.string() }).parse((await station.request('/api/v1/groups/timely')).json())
      expect(shown.description).toBe(`said ${offsetMs}`)
    }
    const events = eventsSchema.parse((await station.request('/api/v1/events?name=audit.')).json()).items
    const saidAtMs = events.slice(0, offsets.length).map(({ at }) => Date.parse(at))
    expect(saidAtMs.map((ms) => Math.abs(ms - Date.now()) < 600_000)).toEqual([true, true, true])
  })
})
