import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { builtProgram, type Fleet, FleetStation, poll, startFleet } from '../fleet/index.ts'
import { Lab, labCapability } from '../src/index.ts'
import { Disk } from './durability/disk.ts'
import { isCurrent } from './expectations.ts'

const capability = labCapability()
const skipped = capability.kind === 'loopback' ? ` (skipped: ${capability.reason})` : ''

const listSchema = z.object({ items: z.array(z.object({ name: z.string() })) })

/** What a database on a disk says of itself, read when no program holds it. */
function integrityOf(file: string): unknown {
  const database = new DatabaseSync(file)
  const found = database.prepare('PRAGMA integrity_check').get()?.['integrity_check']
  database.close()
  return found
}

describe.skipIf(capability.kind !== 'netns')(`a disk that refuses${skipped}`, () => {
  let fleet: Fleet
  beforeAll(async () => {
    fleet = await startFleet({ nodes: 1 })
  })
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.log(fleet.describe())
  })
  afterAll(async () => {
    await fleet?.close()
  })

  /** Waits until the station shows the node with or without that reason, as news. */
  async function untilReason(name: string, code: string, present: boolean): Promise<void> {
    const { id } = fleet.view.node(name)
    await poll(`${name} ${present ? 'gives' : 'no longer gives'} the reason ${code}`, async () => {
      const node = await fleet.station.node(id)
      return isCurrent(node) && node.reasons.some((reason) => reason.code === code) === present
    })
  }

  /** Waits until the station heard the node say something after now. */
  async function untilHeard(name: string): Promise<void> {
    const after = Date.parse(fleet.view.node(name).lastSeen ?? '')
    await fleet.view.until(`${name} is heard`, ({ nodes }) => {
      const node = nodes.get(name)
      return isCurrent(node) && Date.parse(node?.lastSeen ?? '') > after
    })
  }

  async function untilEvents(name: string, count: number): Promise<void> {
    await poll(`the station lists the event ${name} ${count} times`, async () => {
      const answer = await fleet.station.request(`/api/v1/events?name=${name}`)
      return listSchema.parse(answer.json()).items.length === count
    })
  }

  test('because it is full: the daemon goes on, says so, starts again, and recovers', async () => {
    const [daemon] = await fleet.prepare([{ name: 'small' }])
    const disk = await Disk.mount(daemon!.machine, daemon!.stateDir, 'small')
    daemon!.start()
    await fleet.untilAllSpeak()
    disk.fill()
    await untilReason('small', 'storage-failing', true)
    expect(await daemon!.isReady()).toBe(false)
    expect((await daemon!.metrics()).sum('wrale_storage_failing')).toBe(1)
    await untilHeard('small')
    await untilEvents('storage.failing', 1)

    await daemon!.kill()
    disk.fill()
    daemon!.start()
    await untilEvents('storage.failing', 2)
    await untilReason('small', 'storage-failing', true)
    await untilHeard('small')

    disk.free()
    await untilReason('small', 'storage-failing', false)
    await poll('it is ready', () => daemon!.isReady())
    await untilEvents('storage.recovered', 1)
    expect(await daemon!.stop()).toEqual({ code: 0, signal: null })
    expect(integrityOf(disk.outside('records.sqlite'))).toBe('ok')
  })

  test('because the card failed: the daemon goes on and says so; read-only from the start, it says why not', async () => {
    const [daemon] = await fleet.prepare([{ name: 'card' }])
    const disk = await Disk.mount(daemon!.machine, daemon!.stateDir, 'card')
    daemon!.start()
    await fleet.view.until('card speaks', ({ nodes }) => isCurrent(nodes.get('card')))
    const { id } = fleet.view.node('card')
    await disk.fail()
    await untilReason('card', 'storage-failing', true)
    expect(await daemon!.isReady()).toBe(false)
    await untilHeard('card')
    await daemon!.kill()

    await disk.mountAgain('ro')
    const refused = daemon!.start()
    expect((await refused.exit).code).toBe(77)
    expect(refused.output.at(-1)?.text).toMatch(/^wrale-edge: STATE_DIR_FORBIDDEN: .*EROFS/)

    await disk.mountAgain('rw')
    daemon!.start()
    await untilReason('card', 'storage-failing', false)
    expect(fleet.view.node('card').id).toBe(id)
    await poll('it is ready', () => daemon!.isReady())
  })
})

describe.skipIf(capability.kind !== 'netns')(`a station on a disk that is full${skipped}`, () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await Lab.create({ nodes: 2 })
  })
  afterAll(async () => {
    await lab?.close()
  })

  test('answers, refuses to change what it cannot store, and does so when there is room again', async () => {
    const machine = lab.node(1)
    const disk = await Disk.mount(machine, join(machine.folder, 'station'), 'small')
    const stateDir = disk.outside('.')
    const station = new FleetStation(machine, { stateDir, fleetName: 'Lab fleet', port: 7420, args: [] })
    const add = async (group: string): Promise<object> => {
      const file = join(machine.folder, 'group.yaml')
      await writeFile(file, `kind: Group\nname: ${group}\n`)
      const { code, stderr } = await station.cli('apply', '-f', file)
      return { code, refusal: /^wrale: ([A-Z_]+): /m.exec(stderr)?.[1] }
    }
    const groups = async (): Promise<string[]> => {
      const { items } = listSchema.parse((await station.request('/api/v1/groups')).json())
      return items.map(({ name }) => name).toSorted()
    }
    const readiness = async (): Promise<number> => (await station.request('/readyz')).status
    await station.start()
    expect(await add('first')).toEqual({ code: 0 })

    disk.fill()
    await poll('it is not ready', async () => (await readiness()) === 503)
    expect(await add('second')).toEqual({ code: 74, refusal: 'STORAGE_FULL' })
    expect(await groups()).toEqual(['first'])
    expect((await station.request('/livez')).status).toBe(200)

    disk.free()
    await poll('it is ready', async () => (await readiness()) === 200)
    expect(await add('third')).toEqual({ code: 0 })
    await station.process.destroy()
    await station.start()
    expect(await groups()).toEqual(['first', 'third'])
    expect(await station.stop()).toEqual({ code: 0, signal: null })
    for (const name of ['records.db', 'station.db']) expect(integrityOf(disk.outside(name))).toBe('ok')
  })

  test('says why it does not start on a disk that takes nothing', async () => {
    const machine = lab.node(2)
    const stateDir = join(machine.folder, 'new')
    const disk = await Disk.mount(machine, stateDir, 'small')
    disk.fill()
    const started = machine.spawn(builtProgram('wrale', 'station', '--state-dir', stateDir, '--create-fleet', 'Lab'))
    expect((await started.exit).code).toBe(74)
    expect(started.output.at(-1)?.text).toMatch(/^wrale: STORAGE_FULL: /)
  })
})
