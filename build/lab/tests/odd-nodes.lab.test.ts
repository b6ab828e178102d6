import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { labCapability } from '../src/index.ts'
import { type Fleet, startFleet } from '../fleet/index.ts'
import { currentPastDeadline, isCurrent, untilEveryoneKnowsEveryone } from './expectations.ts'

const capability = labCapability()
const skipped = capability.kind === 'loopback' ? ` (skipped: ${capability.reason})` : ''
const yearMs = 365 * 86_400_000

describe.skipIf(capability.kind !== 'netns')(`nodes that freeze or have no clock${skipped}`, () => {
  let fleet: Fleet
  beforeAll(async () => {
    fleet = await startFleet({ nodes: [{}, {}, { name: 'no-clock', clock: { at: 0 } }] })
  })
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.log(fleet.describe())
  })
  afterAll(async () => {
    await fleet?.close()
  })

  test('a node whose clock says 1970 works like the others, and its clock error is shown', async () => {
    const { view, station } = fleet
    await untilEveryoneKnowsEveryone(fleet)
    // Records come through others as well; a clock is compared when the station itself meets its node.
    const met = await view.until('the station met them all', ({ nodes }) =>
      [...nodes.values()].every(({ clockErrorMs }) => clockErrorMs !== undefined),
    )
    const { clockErrorMs, id } = met.nodes.get('no-clock')!
    const realErrorMs = -Date.now()
    expect(Math.abs(clockErrorMs! - realErrorMs)).toBeLessThan(120_000)
    expect(Math.abs(met.nodes.get('n1')!.clockErrorMs!)).toBeLessThan(2_000)

    // Its own stamps lie decades back; what the station shows of it does not.
    const before = Date.parse(view.node('no-clock').lastSeen!)
    expect(Math.abs(before - Date.now())).toBeLessThan(60_000)
    await view.until('it speaks again', ({ nodes }) => Date.parse(nodes.get('no-clock')?.lastSeen ?? '') > before)
    expect((await station.node(id)).reasons.map(({ aspect }) => aspect)).not.toContain('network')
  })

  test('a clock that jumps under a running node changes nothing but its error', async () => {
    const { view, daemons } = fleet
    await daemons[2]!.process.setClock({ offsetMs: 10 * yearMs })
    const before = Date.now()
    const seen = await view.until(
      'it speaks after the jump',
      ({ nodes }) => Date.parse(nodes.get('no-clock')?.lastSeen ?? '') > before,
    )
    expect(isCurrent(seen.nodes.get('no-clock'))).toBe(true)
    expect(Date.parse(view.node('no-clock').lastSeen!)).toBeLessThan(Date.now() + 60_000)
    await untilEveryoneKnowsEveryone(fleet)
  })

  test('a frozen node is stale or lost by its deadline, and back when it thaws', async () => {
    const { view, daemons } = fleet
    const frozen = daemons[1]!
    const { id } = view.node(frozen.name)
    const violations: string[] = []
    const stopWatching = view.onPicture(({ nodes, atMs }) =>
      violations.push(...currentPastDeadline(nodes.values(), atMs)),
    )
    const frozenAtMs = Date.now()
    frozen.process.freeze()
    const grey = await view.until('it is not shown as current', ({ nodes }) => !isCurrent(nodes.get(frozen.name)), {
      timeoutMs: 30_000,
    })
    console.log(`a frozen node was ${grey.nodes.get(frozen.name)?.state} after ${grey.atMs - frozenAtMs} ms`)
    const lost = await view.until('it is lost', ({ nodes }) => nodes.get(frozen.name)?.state === 'lost', {
      timeoutMs: 30_000,
    })
    console.log(`a frozen node was lost after ${lost.atMs - frozenAtMs} ms`)
    stopWatching()
    expect(violations).toEqual([])
    expect(isCurrent(view.node('n1'))).toBe(true)

    const thawedAtMs = Date.now()
    frozen.process.thaw()
    const back = await view.until('it is back', ({ nodes }) => isCurrent(nodes.get(frozen.name)), { timeoutMs: 30_000 })
    console.log(`a thawed node spoke again after ${back.atMs - thawedAtMs} ms`)
    expect(view.node(frozen.name).id).toBe(id)
    await untilEveryoneKnowsEveryone(fleet)
  })
})
