import type { MetricsAnswer, Node, NodeDetail } from '@wrale/protocol/api'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Environment, eventually, type Outcome, run, type RunningProgram, start } from '../testing/programs.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const folder = temporaryFolder()
const stateDir = join(folder.path, 'station')
const environment: Environment = { XDG_CONFIG_HOME: join(folder.path, 'config') }
let station: RunningProgram
let address: string
const nodes = new Map<string, RunningProgram>()

const ask = (...args: string[]): Promise<Outcome> => run('wrale', [...args, '--state-dir', stateDir], environment)
/** Asks the API itself: polling with a process each time would take all the machine's time. */
const api = async <T>(path: string): Promise<T> => {
  const { url } = JSON.parse(readFileSync(join(stateDir, 'station.json'), 'utf8')) as { url: string }
  const authorization = `Bearer ${readFileSync(join(stateDir, 'local.token'), 'utf8').trim()}`
  return (await (await fetch(`${url}/api/v1${path}`, { headers: { authorization } })).json()) as T
}
const list = async (): Promise<Node[]> => (await api<{ items: Node[] }>('/nodes')).items
const describeNode = async (name: string): Promise<NodeDetail> =>
  JSON.parse((await ask('describe', 'node', name, '-o', 'json')).stdout) as NodeDetail

/** Resolves with the nodes once all have these states. */
const untilStates = (wanted: Record<string, string>): Promise<Node[]> =>
  eventually(
    `the states ${JSON.stringify(wanted)}`,
    async () => {
      const found = await list()
      return Object.entries(wanted).every(([name, state]) =>
        found.some((node) => node.name === name && node.state === state),
      )
        ? found
        : undefined
    },
    30_000,
  )

function startStation(): void {
  const flags = [
    '--state-dir',
    stateDir,
    '--port',
    '0',
    '--no-mdns',
    '--listen',
    address,
    '--create-fleet',
    'Orchard',
    '--name',
    'desk',
  ]
  station = start('wrale', ['station', ...flags], environment)
}

function startNode(name: string): void {
  const flags = [
    '--state-dir',
    join(folder.path, name),
    '--name',
    name,
    '--metal',
    'simulated',
    '--http',
    '127.0.0.1:0',
    '--no-mdns',
  ]
  const joining = ['--listen', '/ip4/127.0.0.1/tcp/0', '--peer', address, '--join', `@${join(folder.path, 'token')}`]
  nodes.set(name, start('wrale-edge', ['run', ...flags, ...joining], environment))
}

beforeAll(async () => {
  address = `/ip4/127.0.0.1/tcp/${await freePort()}`
  startStation()
  await eventually('the station runs', () => existsSync(join(stateDir, 'station.json')) || undefined)
  const { stdout: token } = await ask('join-token', 'create', '--max-uses', '2')
  writeFileSync(join(folder.path, 'token'), token, { mode: 0o600 })
  startNode('roof-1')
  startNode('gate-1')
})

afterAll(async () => {
  await Promise.all([...nodes.values()].map((node) => node.stop('SIGKILL')))
  await station.stop()
  folder.remove()
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('a fleet of real daemons', () => {
  it('joins with a token and is seen with its readings', async () => {
    const found = await untilStates({ 'roof-1': 'ok', 'gate-1': 'ok' })
    expect(found).toHaveLength(2)
    const detail = await describeNode('roof-1')
    expect(detail.simulated).toBe(true)
    expect(detail.seenBy).toContainEqual(expect.objectContaining({ name: 'desk', role: 'station', linked: true }))
    expect(detail.readings.temperatureCelsius).toBeGreaterThan(0)
    expect(detail.inventory?.hardware.model).toBeTruthy()
    expect((await ask('get', 'join-tokens')).stdout).toMatch(/used up {3}2\/2/)
  })

  it('is described by name, by id and by part of either, and in words', async () => {
    const [node] = await list()
    const wanted = node?.id ?? ''
    for (const name of [wanted, wanted.slice(-8), node?.name ?? '', (node?.name ?? '').slice(0, 3)]) {
      expect((await describeNode(name)).id, name).toBe(wanted)
    }
    expect((await ask('describe', 'node', node?.name ?? '')).stdout).toMatch(/^Name: +\S+\nId: +12D3KooW/)
    expect(await ask('describe', 'node', '12D3KooW')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^wrale: CONFLICT: .*fits 2 nodes/),
    })
    expect(await ask('describe', 'node', 'nobody')).toMatchObject({
      code: 66,
      stderr: expect.stringMatching(/^wrale: NOT_FOUND: /),
    })
  })

  it('has a history that the API answers with', async () => {
    const { id } = await describeNode('roof-1')
    const { series } = await api<MetricsAnswer>(`/nodes/${id}/metrics?step=1`)
    expect(series.find(({ metric }) => metric === 'temperatureCelsius')?.points.length).toBeGreaterThan(0)
  })

  it('shows a node that was killed as lost with who saw it last, and the same node when it is back', async () => {
    const before = await describeNode('gate-1')
    const killedAt = Date.now()
    await nodes.get('gate-1')?.stop('SIGKILL')
    await untilStates({ 'gate-1': 'lost', 'roof-1': 'ok' })
    expect(Date.now() - killedAt).toBeLessThan(15_000)
    const lost = await describeNode('gate-1')
    expect(lost.reasons[0]?.message).toMatch(/^No member has a link to it; /)
    // A link shows life until it is seen to end.
    expect(Date.parse(lost.lastSeen ?? '')).toBeLessThanOrEqual(killedAt + 1000)
    startNode('gate-1')
    await untilStates({ 'gate-1': 'ok' })
    expect((await describeNode('gate-1')).id).toBe(before.id)
  })

  it('is listed with absent members after the station was restarted', async () => {
    await nodes.get('gate-1')?.stop('SIGKILL')
    await untilStates({ 'gate-1': 'lost' })
    const { lastSeen } = await describeNode('gate-1')
    await station.stop()
    startStation()
    await eventually('the station runs again', () => existsSync(join(stateDir, 'station.json')) || undefined)
    await untilStates({ 'gate-1': 'lost', 'roof-1': 'ok' })
    // Its last word is kept; how much longer the link stood is not.
    const lastWord = Date.parse((await describeNode('gate-1')).lastSeen ?? '')
    // Stations measure ages, and two of them round to milliseconds each in their own way.
    expect(lastWord).toBeLessThanOrEqual(Date.parse(lastSeen ?? '') + 100)
    expect(lastWord).toBeGreaterThan(Date.parse(lastSeen ?? '') - 60_000)
  })
})
