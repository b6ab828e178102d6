import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Fleet, type FleetStation, poll, startFleet } from '../fleet/index.ts'
import { labCapability } from '../src/index.ts'

const capability = labCapability()
const skipped = capability.kind === 'loopback' ? ` (skipped: ${capability.reason})` : ''
/** Said before the station goes away, so that there is much that it need not fetch again. */
const known = 300
/** Said while it is away: a change every five seconds, for ten minutes. */
const missed = 120
/** What one change may cost on the wire at most, its event of the audit and its share of headers included, bytes. */
const bytesPerChange = 3_000

/** A node may have 64 labels. */
function keyOf(change: number): string {
  return `key-${change % 280}`
}

describe.skipIf(capability.kind !== 'netns')(`a station that was away${skipped}`, () => {
  let fleet: Fleet
  let second: FleetStation

  beforeAll(async () => {
    fleet = await startFleet({ nodes: 5, tokenUses: 5 })
    second = await fleet.addStation('van')
  }, 120_000)
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.log(fleet.describe())
  })
  afterAll(async () => {
    await fleet?.close()
  })

  test('catches up with bytes in proportion to what it missed', async () => {
    let said = 0
    const say = async (count: number): Promise<void> => {
      const nodes = fleet.daemons.map(({ name }) => fleet.view.node(name).id)
      for (const end = said + count; said < end; said++)
        await fleet.station.change(nodes[said % nodes.length]!, { labels: { [keyOf(said)]: `value ${said}` } })
    }
    /** Starts it and counts what it receives until it has the newest label. */
    const comeBack = async (): Promise<number> => {
      const machine = fleet.lab!.nodes.find(({ name }) => name === second.machine.name)!
      const before = (await machine.counters()).received.bytes
      await second.start()
      const newest = said - 1
      const node = fleet.view.node(fleet.daemons[newest % fleet.daemons.length]!.name).id
      await poll(
        'it has what was said last',
        async () => (await second.node(node)).notes?.labels[keyOf(newest)] === `value ${newest}`,
        { timeoutMs: 30_000 },
      )
      return (await machine.counters()).received.bytes - before
    }

    await say(known)
    await poll(
      'it has what is known',
      async () => (await second.mesh()).digest === (await fleet.station.mesh()).digest,
      {
        timeoutMs: 30_000,
      },
    )
    await second.stop()
    const nothing = await comeBack()
    await second.stop()
    await say(missed)
    const much = await comeBack()
    console.log(
      `coming back cost ${nothing} bytes when nothing was missed, ${much} when ${missed} of ${said} changes were`,
    )
    expect(much - nothing).toBeLessThan(missed * bytesPerChange)
    expect(nothing).toBeLessThan(known * 400)
  }, 180_000)
})
