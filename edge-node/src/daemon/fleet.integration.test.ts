import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Signal } from '@wrale/kernel'
import { peerIdSchema, shortIdOf } from '@wrale/protocol'
import type { InventoryBody, LinksBody, StatusBody } from '@wrale/protocol/records'
import type { ReplicaEntry } from '@wrale/replica'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { DaemonProcess, runEdge } from './testing/daemon-process.ts'
import { startStation, type TestStation } from './testing/station.ts'

const root = mkdtempSync(join(tmpdir(), 'wrale-fleet-'))
const started: DaemonProcess[] = []
let station: TestStation

beforeAll(async () => {
  station = await startStation()
})
afterEach(() => Promise.all(started.splice(0).map((daemon) => daemon.stop('SIGKILL'))))
afterAll(async () => {
  await station.stop()
  rmSync(root, { recursive: true, force: true })
})

function start(stateDir: string, ...more: string[]): DaemonProcess {
  const quiet = ['--metal', 'simulated', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--http', '127.0.0.1:0']
  const daemon = new DaemonProcess([...quiet, '--peer', station.address, '--state-dir', stateDir, ...more])
  started.push(daemon)
  return daemon
}

async function idOf(daemon: DaemonProcess) {
  return peerIdSchema.parse((await daemon.logged('running'))['id'])
}

/** Waits for a record of the station's replica that `wanted` accepts. */
function record<B>(
  kind: 'status' | 'inventory' | 'links',
  wanted: (entry: ReplicaEntry) => boolean,
  limitMs = 15_000,
): Promise<B> {
  const { replica } = station
  const present = [...replica.entries(kind)].find(wanted)
  if (present !== undefined) return Promise.resolve(present.record.body as B)
  return next(replica.changed, (entry) => entry.record.kind === kind && wanted(entry), limitMs).then(
    ({ record: found }) => found.body as B,
  )
}

function next<T>(signal: Signal<T>, wanted: (value: T) => boolean, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const unsubscribe = signal.subscribe((value) => {
      if (!wanted(value)) return
      clearTimeout(timer)
      unsubscribe()
      resolve(value)
    })
    const timer = setTimeout(() => {
      unsubscribe()
      reject(new Error(`nothing came within ${limitMs} ms`))
    }, limitMs)
  })
}

describe('a node with a join token', () => {
  it('becomes a member, tells the fleet what it is and how it is, and is ready', async () => {
    const tokenFile = join(root, 'token')
    writeFileSync(tokenFile, `${station.token}\n`)
    const stateDir = join(root, 'joins')
    const daemon = start(stateDir, '--name', 'pi-07', '--join', `@${tokenFile}`)
    const id = await idOf(daemon)
    const own = ({ record: { author } }: ReplicaEntry): boolean => author === id
    const inventory = await record<InventoryBody>(
      'inventory',
      (entry) => own(entry) && (entry.record.body as InventoryBody).addresses.length > 0,
    )
    expect(inventory).toMatchObject({ name: 'pi-07', simulated: true, hardware: { cores: 4 } })
    const status = await record<StatusBody>('status', own)
    expect(status).toMatchObject({ state: 'ok', intervalMs: 5000, powerSource: 'mains' })
    expect(status.readings.temperatureCelsius).toBeGreaterThan(0)
    const linked = await record<LinksBody>('links', own)
    expect(linked).toMatchObject({ links: [{ peer: shortIdOf(station.mesh.id) }] })

    const url = await daemon.url()
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    const metrics = await (await fetch(`${url}/metrics`)).text()
    expect(metrics).toMatch(/^wrale_member 1$/m)
    expect(metrics).toMatch(/^wrale_peers 1$/m)
    expect(metrics).toMatch(/^wrale_records_published_total\{kind="status"\} [1-9]/m)
    const report: unknown = JSON.parse((await runEdge(['status', '--json', '--state-dir', stateDir])).stdout)
    expect(report).toMatchObject({
      name: 'pi-07',
      membership: { standing: 'member', fleet: station.fleet, fleetName: 'Test fleet', name: 'pi-07' },
      peers: [{ id: station.mesh.id, role: 'station' }],
    })
    expect(statSync(join(stateDir, 'membership.json')).mode & 0o777).toBe(0o600)
    expect(existsSync(join(stateDir, 'join-token'))).toBe(false)
    expect(JSON.stringify(daemon.lines)).not.toContain(station.token)
    const begun = performance.now()
    expect(await daemon.stop()).toBe(0)
    expect(performance.now() - begun).toBeLessThan(2000)
  })

  it('says at once that something happened', async () => {
    const stateDir = join(root, 'sudden')
    const daemon = start(stateDir, '--join', station.token)
    const id = await idOf(daemon)
    await record<StatusBody>('status', ({ record: { author } }) => author === id)
    const onBattery = record<StatusBody>(
      'status',
      ({ record: { author, body } }) => author === id && (body as StatusBody).powerSource === 'battery',
      3000,
    )
    expect((await runEdge(['sim', 'fault', 'power-loss', '--state-dir', stateDir])).code).toBe(0)
    expect(await onBattery).toMatchObject({ state: 'warn', reasons: [{ code: 'on-battery' }] })
  })

  it('is the same member after a kill, and its new records count', async () => {
    const stateDir = join(root, 'killed')
    const first = start(stateDir, '--join', station.token)
    const id = await idOf(first)
    await record('status', ({ record: { author } }) => author === id)
    await first.stop('SIGKILL')
    const before = station.replica.latest(id, 'status')?.record.seq ?? 0
    const second = start(stateDir)
    expect(await idOf(second)).toBe(id)
    await record('status', ({ record: { author, seq } }) => author === id && seq > before)
  })

  it('can be given it while it runs, or before', async () => {
    const running = join(root, 'running')
    const daemon = start(running)
    await daemon.logged('running')
    expect((await runEdge(['join', station.token, '--state-dir', running, '--json'])).stdout).toContain('joining')
    await daemon.logged('member of a fleet')

    const later = join(root, 'later')
    expect((await runEdge(['join', station.token, '--state-dir', later])).code).toBe(0)
    expect(statSync(join(later, 'join-token')).mode & 0o777).toBe(0o600)
    await start(later).logged('member of a fleet')
  })

  it('stays with its fleet until it is reset, and can then join another', async () => {
    const other = await startStation('Other fleet')
    try {
      const stateDir = join(root, 'loyal')
      const daemon = start(stateDir, '--join', station.token)
      await daemon.logged('member of a fleet')
      const refused = await runEdge(['join', other.token, '--state-dir', stateDir])
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/^wrale-edge: CONFLICT: /) as string })
      await daemon.stop()
      expect((await runEdge(['join', other.token, '--state-dir', stateDir])).stderr).toMatch(/^wrale-edge: CONFLICT: /)
      expect((await runEdge(['reset', '--yes', '--state-dir', stateDir])).code).toBe(0)
      const moved = start(stateDir, '--join', other.token, '--peer', other.address)
      expect((await moved.logged('member of a fleet'))['fleetName']).toBe('Other fleet')
    } finally {
      await other.stop()
    }
  })

  it('goes on unclaimed, and says why, when the fleet refuses it', async () => {
    const stateDir = join(root, 'refused')
    const daemon = start(stateDir, '--join', station.unknownToken)
    await daemon.logged('the fleet refused this node; a new join token is needed', 20_000)
    expect((await fetch(`${await daemon.url()}/livez`)).status).toBe(200)
    const { stdout } = await runEdge(['status', '--json', '--state-dir', stateDir])
    expect(JSON.parse(stdout)).toMatchObject({
      membership: { standing: 'unclaimed', refused: { code: 'TOKEN_INVALID' } },
    })
    expect(existsSync(join(stateDir, 'join-token'))).toBe(false)
  })
})

describe('damage', () => {
  it('to the membership file is made good by its copy; to both, it makes an unclaimed node', async () => {
    const stateDir = join(root, 'damaged')
    const daemon = start(stateDir, '--join', station.token)
    await daemon.logged('member of a fleet')
    await daemon.stop()
    const membership = readFileSync(join(stateDir, 'membership.json'), 'utf8')
    writeFileSync(join(stateDir, 'membership.json'), '{"fleet": 3')
    const second = start(stateDir)
    await second.logged('the membership file is damaged and was set aside')
    await second.logged('member of a fleet')
    await second.stop()
    expect(existsSync(join(stateDir, 'membership.json.damaged-1'))).toBe(true)
    expect(readFileSync(join(stateDir, 'membership.json'), 'utf8')).toBe(membership)
    for (const name of ['membership.json', 'membership.copy.json']) writeFileSync(join(stateDir, name), '{"fleet": 3')
    const third = start(stateDir)
    await third.logged('the membership file is damaged and was set aside')
    expect((await fetch(`${await third.url()}/livez`)).status).toBe(200)
    expect((await fetch(`${await third.url()}/readyz`)).status).toBe(503)
  })
})
