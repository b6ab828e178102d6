import { eventSchema, type EventView } from '@wrale/protocol/api'
import { type SafetyView, safetyViewSchema } from '@wrale/protocol/node'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Fleet, type FleetDaemon, poll, startFleet } from '../fleet/index.ts'
import { labCapability } from '../src/index.ts'

const capability = labCapability()
const skipped = capability.kind === 'loopback' ? ` (skipped: ${capability.reason})` : ''
const eventsSchema = z.object({ items: z.array(eventSchema) })
/** Nobody warms a machine of aluminium in a moment, not even a simulated one. */
const heatMs = 150_000
/** What the clocks of events and of this test may differ by, ms. */
const slackMs = 2000
/** From a fault to its event, with two processors for all of this, ms. */
const reactMs = 10_000

describe.skipIf(capability.kind !== 'netns')(`a node on its own${skipped}`, () => {
  let fleet: Fleet
  let hut: FleetDaemon

  beforeAll(async () => {
    const config = JSON.stringify({ safety: { tamper: { level: 'guard' } } })
    fleet = await startFleet({ nodes: [{ name: 'hut', config }, {}, {}] })
    hut = fleet.daemons[0]!
  }, 120_000)
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.log(fleet.describe())
  })
  afterAll(async () => {
    await fleet?.close()
  })

  const simulate = async (...args: readonly string[]): Promise<void> => {
    const { code, stderr } = await hut.cli('sim', ...args)
    expect(code, stderr).toBe(0)
  }
  const safety = async (): Promise<SafetyView> =>
    safetyViewSchema.parse(JSON.parse((await hut.cli('safety', '--json')).stdout))
  const stateOf = ({ policies }: SafetyView, wanted: string): string | undefined =>
    policies.find(({ name }) => name === wanted)?.state
  const until = async (what: string, holds: (view: SafetyView) => boolean): Promise<SafetyView> => {
    let view = await safety()
    await poll(what, async () => holds((view = await safety())), { timeoutMs: heatMs })
    return view
  }
  const events = async (): Promise<readonly EventView[]> => {
    const { id } = fleet.view.node(hut.name)
    const answer = await fleet.station.request(`/api/v1/events?member=${id}&limit=500`)
    return eventsSchema.parse(answer.json()).items.toReversed()
  }

  test('acts on heat, power loss and an opened case while nobody hears it, and the station has the whole story afterwards', async () => {
    const machine = fleet.lab!.nodes.find(({ name }) => name === hut.machine.name)!
    await machine.linkDown()
    await fleet.view.until('it is lost', ({ nodes }) => nodes.get('hut')?.state === 'lost', { timeoutMs: 30_000 })
    const ownEvents = async () => (await events()).filter(({ author }) => author.name === 'hut')
    const known = (await ownEvents()).length

    const heatedAtMs = Date.now()
    await simulate('fault', 'fan-stall')
    await simulate('set', 'loadRatio', '1')
    await simulate('set', 'ambientCelsius', '55')
    const hot = await until('it is slowed', (view) => stateOf(view, 'thermal') === 'throttle')
    expect(hot.demands).toMatchObject({ fanDuty: 1, cpuRatio: 0.5 })
    const darkAtMs = Date.now()
    await simulate('fault', 'power-loss')
    await until('it knows that the mains are gone', (view) => stateOf(view, 'power') === 'on-battery')
    const openedAtMs = Date.now()
    await simulate('fault', 'case-open')
    const opened = await until('it raises the alarm', (view) => stateOf(view, 'tamper') === 'alarm')
    expect(opened.tamper).toMatchObject({ stage: 'alarm', latched: ['case'] })
    expect(opened.demands).toMatchObject({ alarm: true, cpuRatio: 0.5 })
    const allDoneMs = Date.now()
    expect(await ownEvents(), 'nobody heard of it').toHaveLength(known)
    const silent = await poll(
      'a neighbour tells that it went silent',
      async () => (await events()).find(({ name }) => name === 'neighbour.silent'),
      { timeoutMs: 60_000 },
    )
    expect(silent.author.name).not.toBe('hut')
    expect(silent.data).toEqual({ about: fleet.view.node('hut').id })

    await machine.linkUp()
    await poll(
      'the station has the alarm',
      async () => (await events()).some(({ name }) => name === 'safety.tamper.tamper-alarm'),
      { timeoutMs: 30_000 },
    )
    const story = await events()
    const told = story.filter(({ author, name }) => author.name === 'hut' && name.startsWith('safety.'))
    const main = [
      'thermal.thermal-fan-full',
      'thermal.thermal-throttle',
      'power.power-on-battery',
      'last-gasp',
      'tamper.tamper-alarm',
    ]
    expect(told.map(({ name }) => name.slice('safety.'.length)).filter((name) => main.includes(name))).toEqual(main)
    const timeOf = (name: string): number => Date.parse(told.find((event) => event.name === `safety.${name}`)?.at ?? '')
    expect(timeOf('thermal.thermal-fan-full')).toBeGreaterThan(heatedAtMs - slackMs)
    const warmed = timeOf('thermal.thermal-throttle') - timeOf('thermal.thermal-fan-full')
    expect(warmed, 'it was above the step for its 5 s').toBeGreaterThan(5000 - slackMs)
    expect(Math.abs(timeOf('power.power-on-battery') - darkAtMs)).toBeLessThan(reactMs)
    expect(Math.abs(timeOf('tamper.tamper-alarm') - openedAtMs)).toBeLessThan(reactMs)
    expect(timeOf('tamper.tamper-alarm')).toBeLessThan(allDoneMs + slackMs)
    expect(
      told.every(({ data }) => Object.keys(data ?? {}).length > 0),
      'each with what it was made on',
    ).toBe(true)
    expect(told.find(({ name }) => name.endsWith('thermal-throttle'))?.data).toMatchObject({
      temperatureCelsius: { unit: 'celsius', limit: 77 },
    })
    const alone = story.filter(({ author }) => author.name === 'hut').map(({ name }) => name)
    expect(alone, 'it tells that it was alone, and when that ended').toEqual(
      expect.arrayContaining(['node.cut-off', 'node.in-reach']),
    )
    const lost = story.find(({ name }) => name === 'node.lost')
    expect(lost?.author.name, 'and that it was gone, by those who missed it').toBe('station')
    await fleet.view.until('it is back, and needs somebody', ({ nodes }) => nodes.get('hut')?.state === 'fail', {
      timeoutMs: 30_000,
    })
  }, 300_000)
})
