import { callControl, controlSocketPath } from '@wrale/host'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { labCapability } from '../src/index.ts'
import { type Fleet, poll, startFleet } from '../fleet/index.ts'
import { currentPastDeadline, isCurrent, untilEveryoneKnowsEveryone } from './expectations.ts'

const capability = labCapability()
const skipped = capability.kind === 'loopback' ? ` (skipped: ${capability.reason})` : ''
const size = 10
const outageMs = 20_000

describe.skipIf(capability.kind !== 'netns')(`ten machines and a station on one network${skipped}`, () => {
  let fleet: Fleet
  beforeAll(async () => {
    fleet = await startFleet({ nodes: size, tokenUses: size })
  })
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.log(fleet.describe())
  })
  afterAll(async () => {
    await fleet?.close()
  })

  test('find each other and the station by multicast, and every status reaches everyone', async () => {
    const { station, view, daemons } = fleet
    const nodes = await station.nodes()
    expect(nodes.map(({ name }) => name).toSorted()).toEqual(daemons.map(({ name }) => name).toSorted())
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(size)
    const tookMs = await untilEveryoneKnowsEveryone(fleet)
    console.log(`every status was everywhere ${tookMs} ms after the station had them all`)
    await view.until('the station is linked', ({ fleet: { station: self } }) => self.link === 'up' && self.peers > 0)
    expect((await station.fleet()).counts).toMatchObject({ stale: 0, lost: 0, unknown: 0 })
  })

  test('a killed node is shown as lost, with when and by whom it was seen last; restarted, it is the same node', async () => {
    const { view, station, daemons } = fleet
    const victim = daemons[2]!
    const { id } = view.node(victim.name)
    const killedAtMs = await victim.kill()

    const { atMs } = await view.until('it is lost', ({ nodes }) => nodes.get(victim.name)?.state === 'lost', {
      timeoutMs: 25_000,
    })
    console.log(`a killed node was shown as lost after ${atMs - killedAtMs} ms`)
    const lost = await station.node(id)
    const seenMs = Date.parse(lost.lastSeen ?? '')
    expect(seenMs).toBeGreaterThan(killedAtMs - 6_000)
    expect(seenMs).toBeLessThan(killedAtMs + 5_000)
    expect(lost.seenBy.length).toBeGreaterThan(0)
    expect(lost.seenBy.filter(({ linked }) => linked)).toEqual([])
    const members = [(await station.fleet()).station.name, ...daemons.map(({ name }) => name)]
    for (const { name, at } of lost.seenBy) {
      expect(members).toContain(name)
      expect(Date.parse(at)).toBeLessThan(killedAtMs + 5_000)
    }
    expect(lost.reasons).toContainEqual(expect.objectContaining({ aspect: 'network', state: 'fail' }))
    expect([...view.picture!.nodes.values()].filter((node) => !isCurrent(node)).map(({ name }) => name)).toEqual([
      victim.name,
    ])

    const restartedAtMs = Date.now()
    victim.start()
    const back = await view.until('it is back', ({ nodes }) => isCurrent(nodes.get(victim.name)), { timeoutMs: 20_000 })
    console.log(`a restarted node spoke again after ${back.atMs - restartedAtMs} ms`)
    expect(view.node(victim.name).id).toBe(id)
    expect(await station.nodes()).toHaveLength(size)
    await untilEveryoneKnowsEveryone(fleet)
  })

  test('a switch that fails for 20 s: the station blames its own link, nothing stays green too long, all come back', async () => {
    const { view, station, lab } = fleet
    const violations = new Map<string, string>()
    const downAtMs = Date.now()
    const note = (atMs: number, ...found: readonly string[]): void => {
      for (const what of found)
        if (!violations.has(what)) violations.set(what, `${atMs - downAtMs} ms: ${what}; ${view.describe()}`)
    }
    const stopWatching = view.onPicture(({ nodes, atMs }) => {
      const lost = [...nodes.values()].filter(({ state }) => state === 'lost')
      note(atMs, ...currentPastDeadline(nodes.values(), atMs), ...lost.map(({ name }) => `${name} was called lost`))
    })
    await lab!.linkDown()
    const blamed = await view.until('the station blames its link', (picture) => picture.fleet.station.link !== 'up', {
      timeoutMs: outageMs,
    })
    const grey = await view.until('nothing is green', ({ nodes }) => ![...nodes.values()].some(isCurrent), {
      timeoutMs: outageMs,
    })
    console.log(`own link blamed after ${blamed.atMs - downAtMs} ms, nothing green after ${grey.atMs - downAtMs} ms`)
    while (Date.now() < downAtMs + outageMs) {
      const nodes = await station.nodes()
      note(Date.now(), ...currentPastDeadline(nodes, Date.now()))
      await new Promise((resolve) => setTimeout(resolve, 250))
    }

    const upAtMs = Date.now()
    const comingBack = Promise.all([
      view.until('one is back', ({ nodes }) => [...nodes.values()].some(isCurrent), { timeoutMs: 60_000 }),
      view.until('all are back', ({ nodes }) => [...nodes.values()].every(isCurrent), { timeoutMs: 60_000 }),
      view.until('the link is up', (picture) => picture.fleet.station.link === 'up', { timeoutMs: 60_000 }),
    ])
    await lab!.linkUp()
    const back = (await comingBack).map(({ atMs }) => atMs - upAtMs)
    await untilEveryoneKnowsEveryone(fleet)
    console.log(
      `after a 20 s outage: first node back after ${back[0]} ms, all after ${back[1]} ms, link up after ${back[2]} ms`,
    )
    console.log(`every node knew every other again after ${Date.now() - upAtMs} ms`)
    stopWatching()
    expect([...violations.values()]).toEqual([])
  })

  test('one machine more than the token is good for is refused, and goes on without a fleet', async () => {
    const [daemon] = await fleet.add([{ name: 'too-many' }])
    await daemon!.process.waitForLine('"msg":"the fleet refused this node', { timeoutMs: 30_000 })
    const status = await callControl(controlSocketPath(daemon!.stateDir), 'status')
    expect(status).toMatchObject({
      membership: { standing: 'unclaimed', refused: { code: 'TOKEN_USED_UP' } },
      peers: [],
    })
    expect(await daemon!.isReady()).toBe(false)
    expect(await fleet.station.nodes()).toHaveLength(size)
  })

  test('all of it ends in good order when told to', async () => {
    const { daemons, station } = fleet
    const ends = await Promise.all([...daemons.map(async (daemon) => await daemon.stop()), station.stop()])
    expect(ends).toEqual(ends.map(() => ({ code: 0, signal: null })))
    await poll('ports are free', async () => (await station.machine.exec('ss', ['-Htln'])) === '', { timeoutMs: 2_000 })
  })
})
