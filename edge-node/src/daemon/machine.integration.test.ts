import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { type PeerIdText, peerIdSchema } from '@wrale/protocol'
import {
  diagRunSchema,
  hardwareViewSchema,
  lineLevelSchema,
  maintenanceViewSchema,
  nodeHistoryAnswerSchema,
  overrideViewSchema,
  safetyViewSchema,
  simulatorViewSchema,
} from '@wrale/protocol/node'
import type { EventBody } from '@wrale/protocol/records'
import {
  type NodeCommand,
  nodeCommandProtocol,
  nodeHistoryProtocol,
  type NodeQuery,
  nodeQueryProtocol,
} from '@wrale/protocol/wire'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { DaemonProcess, runEdge } from './testing/daemon-process.ts'
import { startStation, type TestStation } from './testing/station.ts'

const root = mkdtempSync(join(tmpdir(), 'wrale-machine-'))
const poll = { timeout: 30_000, interval: 100 }
const config = join(root, 'edge.yaml')
let station: TestStation
let daemon: DaemonProcess
let id: PeerIdText

function configure(settings: object): void {
  writeFileSync(config, JSON.stringify({ telemetry: { sampleIntervalMs: 200 }, ...settings }))
}

async function start(): Promise<DaemonProcess> {
  const quiet = ['--metal', 'simulated', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--http', '127.0.0.1:0']
  const where = ['--state-dir', join(root, 'state'), '--config', config]
  const process = new DaemonProcess([...quiet, ...where, '--peer', station.address, '--join', station.token])
  id = peerIdSchema.parse((await process.logged('running'))['id'])
  await vi.waitFor(() => {
    if (!station.mesh.peers().some((peer) => peer.id === id)) throw new Error('the node is not linked')
  }, poll)
  return process
}

beforeAll(async () => {
  station = await startStation()
  configure({ safety: { tamper: { level: 'guard' } } })
  daemon = await start()
})
afterAll(async () => {
  await daemon.stop('SIGKILL')
  await station.stop()
  rmSync(root, { recursive: true, force: true })
})

const ask = <S extends z.ZodType>(query: NodeQuery, answer: S): Promise<z.output<S>> =>
  station.mesh.ask(id, nodeQueryProtocol, query, { answer, maxBytes: 256 * 1024 })
const command = <S extends z.ZodType>(what: NodeCommand, answer: S): Promise<z.output<S>> =>
  station.mesh.ask(
    id,
    nodeCommandProtocol,
    { id: randomUUID(), expiresAtMs: Date.now() + 60_000, caller: 'local', command: what },
    { answer },
  )
const simulate = (change: object): Promise<unknown> => command({ do: 'simulate', change }, simulatorViewSchema)
/** Events of the node, in the order in which it wrote them. */
const events = (): EventBody[] =>
  [...station.replica.entries('event')]
    .filter(({ record }) => record.author === id)
    .toSorted((a, b) => a.record.seq - b.record.seq)
    .map(({ record }) => record.body as EventBody)
const named = (name: string): EventBody | undefined => events().find((event) => event.name === name)

describe('a station', () => {
  it('sees what the machine has', async () => {
    await expect
      .poll(async () => ask({ ask: 'hardware' }, hardwareViewSchema), poll)
      .toMatchObject({
        simulated: true,
        lines: expect.arrayContaining([
          expect.objectContaining({ name: 'case-switch', position: 11, direction: 'in', level: 'off', use: 'case' }),
          expect.objectContaining({ name: 'relay', position: 16, direction: 'out', level: 'off', safe: 'off' }),
        ]) as unknown,
        sensors: expect.arrayContaining([
          expect.objectContaining({
            name: 'air',
            chip: 'bme280',
            readings: expect.objectContaining({
              temperatureCelsius: expect.objectContaining({ verdict: expect.objectContaining({ status: 'ok' }) }),
            }),
          }),
        ]) as unknown,
        buses: [{ name: 'i2c-1', condition: 'ok' }],
        fan: { askedDuty: expect.any(Number) as unknown },
        powerDown: { allowed: false },
        watchdog: { condition: 'closed' },
        power: { source: 'mains' },
      })
  })

  it('sets a line that is free, by name, and it is on record; not one that the node uses', async () => {
    const lineSchema = z.object({ name: z.string(), level: lineLevelSchema })
    expect(await command({ do: 'set-line', line: 'relay', level: 'on' }, lineSchema)).toEqual({
      name: 'relay',
      level: 'on',
    })
    await expect.poll(() => named('audit.line-set')?.message, poll).toContain('set the line relay to on')
    const refused = command({ do: 'set-line', line: 'case-switch', level: 'on' }, lineSchema)
    await expect(refused).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('case') as unknown,
    })
  })

  it('has the fan for a time, by an override that says why', async () => {
    const override = { what: { kind: 'fan', duty: 0.9 }, why: 'listening to it', forSeconds: 60 } as const
    expect(await command({ do: 'override', override }, overrideViewSchema)).toMatchObject({ why: 'listening to it' })
    await expect.poll(async () => (await ask({ ask: 'hardware' }, hardwareViewSchema)).fan?.askedDuty, poll).toBe(0.9)
    const after = await command({ do: 'end-override', kind: 'fan' }, safetyViewSchema)
    expect(after.overrides).toEqual([])
    const again = command({ do: 'end-override', kind: 'fan' }, safetyViewSchema)
    await expect(again).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect.poll(() => named('safety.interlock.override-granted')?.message, poll).toContain('listening to it')
  })

  it('runs a self-test and has its report', async () => {
    const run = await command(
      { do: 'diag-start', request: { load: false, tests: ['sensors', 'storage'] } },
      diagRunSchema,
    )
    await expect
      .poll(async () => ask({ ask: 'diag-run', run: run.id }, diagRunSchema), poll)
      .toMatchObject({ state: 'done', report: { node: { id }, status: 'pass' } })
  })

  it('asks for what was measured, at full rate, and for what wears', async () => {
    const since = Date.now() - 60_000
    const history = () =>
      station.mesh.ask(
        id,
        nodeHistoryProtocol,
        { metrics: ['temperatureCelsius'], fromMs: since, toMs: Date.now() },
        { answer: nodeHistoryAnswerSchema, maxBytes: 2 ** 21 },
      )
    await expect
      .poll(async () => {
        const { complete, series } = await history()
        return complete ? series[0]?.points.reduce((sum, [, , , , count]) => sum + count, 0) : undefined
      }, poll)
      .toBeGreaterThan(3)
    expect(await ask({ ask: 'maintenance' }, maintenanceViewSchema)).toMatchObject({ starts: 1, lastShutdown: null })
  })
})

describe('the policies', () => {
  it('tell the neighbours of an opened case before anything else, and remember it through a kill', async () => {
    await simulate({ fault: ['case-open'] })
    await expect.poll(() => named('safety.tamper.tamper-alarm')?.severity, poll).toBe('critical')
    const names = events().map(({ name }) => name)
    expect(names.indexOf('safety.last-gasp')).toBeGreaterThan(-1)
    expect(names.indexOf('safety.last-gasp')).toBeLessThan(names.indexOf('safety.tamper.tamper-alarm'))
    const reset = { do: 'reset-tamper', why: 'it was me' } as const
    await expect(command(reset, safetyViewSchema)).rejects.toMatchObject({ code: 'CONFLICT' })

    await daemon.stop('SIGKILL')
    daemon = await start()
    // The simulated case is shut again in the new process; the latch says that it was open.
    expect((await ask({ ask: 'safety' }, safetyViewSchema)).tamper).toEqual({
      stage: 'alarm',
      level: 'guard',
      latched: ['case'],
    })
    expect(await ask({ ask: 'maintenance' }, maintenanceViewSchema)).toMatchObject({
      starts: 2,
      shutdowns: { crash: 1 },
    })
    const after = await command(reset, safetyViewSchema)
    expect(after.tamper).toMatchObject({ stage: 'clear', latched: [] })
  })

  it('take up a changed configuration without a restart, and keep the last good one', async () => {
    const quiet = { tamper: { level: 'guard' }, thermal: { fan: { profile: 'cool' } } }
    configure({ safety: quiet })
    daemon.child.kill('SIGHUP')
    const profile = async (): Promise<string> => (await ask({ ask: 'safety' }, safetyViewSchema)).thermal.profile
    await expect.poll(profile, poll).toBe('cool')
    writeFileSync(config, '{"safety": {"thermal": {"fan": {"profile": "loud"}}}}')
    daemon.child.kill('SIGHUP')
    await daemon.logged('the configuration cannot be used; the last good one holds')
    expect(await profile()).toBe('cool')
    configure({ safety: quiet, watchdog: 'feed' })
    daemon.child.kill('SIGHUP')
    const status = async (): Promise<unknown> =>
      JSON.parse((await runEdge(['status', '--json', '--state-dir', join(root, 'state')])).stdout)
    await expect.poll(status, poll).toMatchObject({ configuration: { needsRestart: ['watchdog'] } })
  })

  it('are shown on the machine itself', async () => {
    const { code, stdout } = await runEdge(['safety', '--state-dir', join(root, 'state')])
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^thermal +\w+[\s\S]+^demands +fan \d+ %/m)])
    const { stdout: hardware } = await runEdge(['hardware', '--state-dir', join(root, 'state')])
    expect(hardware).toMatch(/^line relay +out at 23, off$/m)
  })

  it('take the daemon along when the simulated machine runs empty', async () => {
    // It may be gone before it can answer.
    await simulate({ set: [{ setting: 'batteryRatio', value: 0 }], fault: ['power-loss'] }).catch(() => undefined)
    await daemon.ended
    expect(daemon.child.signalCode).toBe('SIGKILL')
    daemon = await start()
  })
})
