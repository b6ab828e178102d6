import { callControl, controlSocketPath } from '@wrale/host'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Fleet, type FleetDaemon, type FleetStation, poll, startFleet } from '../fleet/index.ts'
import { labCapability } from '../src/index.ts'

const capability = labCapability()
const skipped = capability.kind === 'loopback' ? ` (skipped: ${capability.reason})` : ''
const size = 25
const splitMs = 60_000
const reportSchema = z.object({ digest: z.string().nullable() })

async function digestOf(daemon: FleetDaemon): Promise<string | null> {
  return reportSchema.parse(await callControl(controlSocketPath(daemon.stateDir), 'status')).digest
}

describe.skipIf(capability.kind !== 'netns')(`twenty-five machines and two stations${skipped}`, () => {
  let fleet: Fleet
  let second: FleetStation

  /** Hashes of what everybody holds; one when all hold the same. */
  async function digests(): Promise<Set<string | null | undefined>> {
    const stations = [fleet.station, second].map(async (station) => (await station.mesh()).digest)
    return new Set(await Promise.all([...fleet.daemons.map(digestOf), ...stations]))
  }

  beforeAll(async () => {
    fleet = await startFleet({ nodes: size, tokenUses: size, joinTimeoutMs: 90_000 })
    second = await fleet.addStation('van')
    await poll('the second station lists every node', async () => (await second.nodes()).length === size, {
      timeoutMs: 30_000,
    })
  }, 180_000)
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.log(fleet.describe())
  })
  afterAll(async () => {
    await fleet?.close()
  })

  test('both sides of a split go on writing; healed, all hold the same within seconds, and what lost is listed', async () => {
    const { lab, daemons, station, view } = fleet
    if (lab === undefined) throw new Error('there is no lab')
    const machines = lab.nodes.map(({ index }) => index)
    const vanMachine = machines.at(-1)!
    const left = machines.filter((index) => index !== vanMachine).slice(0, 13)
    const right = machines.filter((index) => !left.includes(index))
    const nodesAt = (indexes: readonly number[]) => indexes.map((index) => lab.node(index))
    const first = view.node(daemons[0]!.name)
    const last = view.node(daemons.at(-1)!.name)

    await lab.partition(nodesAt(left), nodesAt(right))
    const splitAtMs = Date.now()
    await station.change(first.id, { labels: { side: 'left' }, note: 'said at the first station' })
    await second.change(first.id, { labels: { side: 'right' }, place: { site: 'quay' } })
    await second.change(last.id, { labels: { only: 'right' } })
    await view.until('the first station misses the other side', ({ nodes }) => nodes.get(last.name)?.state === 'lost', {
      timeoutMs: 30_000,
    })
    await view.until('the split lasts', () => Date.now() - splitAtMs >= splitMs, { timeoutMs: splitMs + 10_000 })
    expect((await digests()).size).toBeGreaterThan(1)

    await lab.heal()
    const healedAtMs = performance.now()
    await poll('everybody holds the same', async () => (await digests()).size === 1, { timeoutMs: 30_000 })
    const tookMs = Math.round(performance.now() - healedAtMs)
    console.log(
      `${size} nodes and two stations held the same ${tookMs} ms after a split of ${splitMs / 1000} s was healed`,
    )

    const [atFirst, atSecond] = await Promise.all([station.node(first.id), second.node(first.id)])
    expect(atFirst.notes).toEqual(atSecond.notes)
    expect(atFirst.notes).toMatchObject({ note: 'said at the first station', place: { site: 'quay' } })
    expect((await station.node(last.id)).notes?.labels).toEqual({ only: 'right' })
    const conflicts = await Promise.all([station.conflicts(), second.conflicts()])
    for (const listed of conflicts) {
      expect(listed.map(({ object, field }) => `${object.id} ${field}`)).toEqual([`${first.id} label/side`])
      const [{ holds, lost }] = listed as [(typeof listed)[number]]
      expect([holds.value, ...lost.map(({ value }) => value)].map(String).toSorted()).toEqual(['left', 'right'])
      expect(new Set([holds, ...lost].map(({ author }) => author.name))).toEqual(new Set(['station', 'van']))
    }
  }, 180_000)
})
