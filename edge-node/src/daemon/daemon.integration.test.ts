import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { callControl, controlSocketPath } from '@wrale/host'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { statusReportSchema } from './control/report.ts'
import { DaemonProcess, runEdge } from './testing/daemon-process.ts'

const root = mkdtempSync(join(tmpdir(), 'wrale-edge-'))
const quiet = ['--metal', 'simulated', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--http', '127.0.0.1:0']
const started: DaemonProcess[] = []

function start(stateDir: string, ...more: string[]): DaemonProcess {
  const daemon = new DaemonProcess([...quiet, '--state-dir', stateDir, ...more])
  started.push(daemon)
  return daemon
}

async function endAll(): Promise<void> {
  await Promise.all(started.splice(0).map((daemon) => daemon.stop('SIGKILL')))
}

afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('a running unclaimed node', () => {
  const stateDir = join(root, 'one')
  let daemon: DaemonProcess
  let url: string

  beforeAll(async () => {
    daemon = start(stateDir)
    url = await daemon.url()
  })
  afterAll(endAll)

  it('is live, and says why it is not ready', async () => {
    const live = await fetch(`${url}/livez`)
    expect([live.status, await live.json()]).toEqual([200, { status: 'ok', checks: [{ name: 'telemetry', ok: true }] }])
    const ready = await fetch(`${url}/readyz`)
    expect(ready.status).toBe(503)
    expect(await ready.json()).toMatchObject({
      checks: expect.arrayContaining([{ name: 'membership', ok: false, detail: 'not a member' }]) as unknown,
    })
  })

  it('gives its readings to Prometheus', async () => {
    const response = await fetch(`${url}/metrics`)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const text = await response.text()
    expect(text).toMatch(/^# TYPE node_hwmon_temp_celsius gauge\nnode_hwmon_temp_celsius \d+(\.\d+)?$/m)
    expect(text).toMatch(/^wrale_edge_info\{id="12D3KooW\w+",name="sim-\w+",version="[\d.]+",simulated="true"\} 1$/m)
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m)
    // One line of HELP and TYPE for each name, and every other line a sample.
    const names = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const line of text.trimEnd().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) |[a-zA-Z_]\w*(\{.*\})? -?[\d.e+-]+$)/)
  })

  it('answers HEAD without a body', async () => {
    const head = await fetch(`${url}/metrics`, { method: 'HEAD' })
    expect(head.status).toBe(200)
    expect(await head.text()).toBe('')
  })

  it('refuses other methods and paths with a problem', async () => {
    const post = await fetch(`${url}/metrics`, { method: 'POST', body: 'x'.repeat(100_000) })
    expect([post.status, post.headers.get('allow'), post.headers.get('content-type')]).toEqual([
      405,
      'GET, HEAD',
      'application/problem+json',
    ])
    expect(await post.json()).toMatchObject({ status: 405, code: 'USAGE' })
    const missing = await fetch(`${url}/secrets`)
    expect([missing.status, await missing.json()]).toMatchObject([404, { code: 'NOT_FOUND', status: 404 }])
  })

  it('shows its status, for people and for programs', async () => {
    const { code, stdout } = await runEdge(['status', '--json', '--state-dir', stateDir])
    expect(code).toBe(0)
    const report = statusReportSchema.parse(JSON.parse(stdout))
    expect(report).toMatchObject({
      simulated: true,
      state: 'ok',
      membership: { standing: 'unclaimed' },
      peers: [],
      pid: daemon.child.pid,
      http: { url },
    })
    expect(report.readings.temperatureCelsius).toBeGreaterThan(0)
    const text = (await runEdge(['status', '--state-dir', stateDir])).stdout
    expect(text).toContain(report.id)
    expect(text).toMatch(/temperature +[\d.]+ °C/)
  })

  it('has faults on demand, and says so at once', async () => {
    expect((await runEdge(['sim', 'fault', 'power-loss', '--state-dir', stateDir])).stdout).toBe('faults: power-loss\n')
    const { stdout } = await runEdge(['status', '--json', '--state-dir', stateDir])
    expect(JSON.parse(stdout)).toMatchObject({
      powerSource: 'battery',
      faults: ['power-loss'],
      state: 'warn',
      reasons: [expect.objectContaining({ code: 'on-battery' }) as unknown],
    })
    expect((await runEdge(['sim', 'clear', '--state-dir', stateDir, '--json'])).stdout).toBe('{\n  "faults": []\n}\n')
    expect((await runEdge(['sim', 'set', 'ambientCelsius', '-5', '--state-dir', stateDir])).code).toBe(0)
    expect((await runEdge(['sim', 'set', 'loadRatio', 'auto', '--state-dir', stateDir])).code).toBe(0)
    const view = (await runEdge(['sim', '--json', '--state-dir', stateDir])).stdout
    expect(JSON.parse(view)).toMatchObject({ faults: [], settings: { ambientCelsius: -5, loadRatio: null }, off: null })
  })

  it('checks what comes over its control socket, and goes on', async () => {
    const socket = controlSocketPath(stateDir)
    expect(statSync(socket).mode & 0o777).toBe(0o600)
    await expect(callControl(socket, 'sim.fault', { fault: 'meltdown' })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    })
    await expect(callControl(socket, 'sim.set', { setting: 'ambientCelsius', value: 500 })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    })
    await expect(callControl(socket, 'join', { token: 'nonsense' })).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
    await expect(callControl(socket, 'dance')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect((await fetch(`${url}/livez`)).status).toBe(200)
  })

  it('keeps a second daemon, and a reset, from its state folder', async () => {
    for (const args of [
      ['run', ...quiet, '--state-dir', stateDir],
      ['reset', '--yes', '--state-dir', stateDir],
    ]) {
      const { code, stderr } = await runEdge(args)
      expect(code).toBe(73)
      expect(stderr).toMatch(/^wrale-edge: STATE_DIR_IN_USE: [^\n]+\n$/)
    }
  })

  it('keeps a second daemon from its port', async () => {
    const port = new URL(url).port
    const { code, stderr } = await runEdge([
      'run',
      ...quiet,
      '--state-dir',
      join(root, 'two'),
      '--http',
      `127.0.0.1:${port}`,
    ])
    expect(code).toBe(69)
    expect(stderr).toBe(`wrale-edge: PORT_IN_USE: port ${port} on 127.0.0.1 is in use by another program\n`)
  })

  it('passes its examination', async () => {
    const { code, stdout } = await runEdge(['doctor', '--json', '--state-dir', stateDir])
    const { checks, tests } = JSON.parse(stdout) as {
      checks: { name: string; status: string; hint?: string }[]
      tests: { name: string; status: string; detail: string; durationMs: number }[]
    }
    expect(Object.fromEntries(checks.map(({ name, status }) => [name, status]))).toMatchObject({
      node: 'pass',
      configuration: 'pass',
      'state-folder': 'pass',
      daemon: 'pass',
      membership: 'warn',
      peers: 'warn',
    })
    for (const { status, hint } of checks) expect(hint === undefined).toBe(status === 'pass')
    expect(code).toBe(checks.some(({ status }) => status === 'fail') ? 1 : 0)
    expect(tests.find(({ name }) => name === 'storage')).toMatchObject({ status: 'pass', expected: expect.any(String) })
    const failed = tests.some(({ status }) => status === 'fail')
    expect(checks.find(({ name }) => name === 'self-test')?.status === 'fail').toBe(failed)
  })

  it('is examined without a test of the machine when that is asked for', async () => {
    const { stdout } = await runEdge(['doctor', '--quick', '--json', '--state-dir', stateDir])
    const { checks, tests } = JSON.parse(stdout) as { checks: { name: string }[]; tests: unknown[] }
    expect(checks.map(({ name }) => name)).not.toContain('self-test')
    expect(tests).toEqual([])
  })
})

describe('the end of a daemon', () => {
  afterEach(endAll)

  it.each(['SIGTERM', 'SIGINT'] as const)('is orderly and fast on %s', async (signal) => {
    const stateDir = join(root, signal)
    const daemon = start(stateDir)
    await daemon.logged('running')
    const begun = performance.now()
    expect(await daemon.stop(signal)).toBe(0)
    expect(performance.now() - begun).toBeLessThan(2000)
    expect(daemon.lines.at(-1)?.msg).toBe('stopped')
    expect(daemon.stderr).toBe('')
    expect(() => statSync(join(stateDir, 'daemon.json'))).toThrow('ENOENT')
  })

  it('comes when the process that started it goes', async () => {
    const daemon = new DaemonProcess([...quiet, '--state-dir', join(root, 'ipc')], { ipc: true })
    started.push(daemon)
    await daemon.logged('running')
    daemon.child.disconnect()
    expect(await daemon.ended).toBe(0)
  })

  it('leaves an identity that the next daemon has again, even after a kill', async () => {
    const stateDir = join(root, 'killed')
    const first = start(stateDir)
    const { id } = await first.logged('running')
    await first.stop('SIGKILL')
    const second = start(stateDir)
    expect((await second.logged('running'))['id']).toBe(id)
  })
})

describe('what is wrong at the start', () => {
  const yaml = join(root, 'bad.yaml')

  it.each([
    ['an unknown flag', ['run', '--frobnicate'], 2, /USAGE: unknown option '--frobnicate'/],
    ['an unknown command', ['frobnicate'], 2, /USAGE: unknown command 'frobnicate'/],
    ['no command', [], 2, /USAGE: /],
    ['a missing value', ['run', '--name'], 2, /USAGE: option '--name <name>' argument missing/],
    ['too many arguments', ['status', 'now'], 2, /USAGE: /],
    ['a bad value', ['run', '--metal', 'plastic'], 2, /USAGE: --metal plastic: /],
    ['a bad address', ['run', '--listen', 'everywhere'], 2, /USAGE: --listen everywhere: must be a multiaddr/],
    ['a bad token', ['run', '--join', 'wrale-join-abc'], 65, /TOKEN_INVALID: /],
    ['a token file that is not there', ['join', '@/nowhere/token'], 66, /NOT_FOUND: there is no file \/nowhere\/token/],
    [
      'no configuration file',
      ['run', '--config', '/nowhere.yaml'],
      78,
      /CONFIG_INVALID: \/nowhere\.yaml: there is no such file/,
    ],
    ['an unknown fault', ['sim', 'fault', 'meltdown'], 2, /USAGE: no such fault: meltdown; there are fan-stall, /],
    ['an unknown setting', ['sim', 'set', 'gravity', '1'], 2, /USAGE: no such setting: gravity/],
    ['a setting out of bounds', ['sim', 'set', 'ambientCelsius', '400'], 2, /USAGE: ambientCelsius 400: /],
    ['a question to nobody', ['status', '--state-dir', join(root, 'nobody')], 69, /NOT_RUNNING: /],
    ['a reset that nobody meant', ['reset', '--state-dir', join(root, 'reset')], 2, /USAGE: .*--yes/],
  ])('is told in one line with a code: %s', async (_what, args, exit, message) => {
    const { code, stdout, stderr } = await runEdge(args)
    expect(stderr).toMatch(message)
    expect(stderr).toMatch(/^wrale-edge: [A-Z_]+: [^\n]+\n$/)
    expect(stdout).toBe('')
    expect(code).toBe(exit)
  })

  it('is told with line and column for the configuration file', async () => {
    writeFileSync(yaml, 'name: pi-07\ntelemetry:\n  sampleIntervalMs: soon\n')
    const { code, stderr } = await runEdge(['run', ...quiet, '--config', yaml, '--state-dir', join(root, 'yaml')])
    expect(code).toBe(78)
    expect(stderr).toMatch(/^wrale-edge: CONFIG_INVALID: .*bad\.yaml:3:21: telemetry\.sampleIntervalMs: [^\n]+\n$/)
  })

  it('is told for a state folder that is a file', async () => {
    const file = join(root, 'file')
    writeFileSync(file, '')
    for (const stateDir of [file, join(file, 'below')]) {
      const { code, stderr } = await runEdge(['run', ...quiet, '--state-dir', stateDir])
      expect(code).toBe(77)
      expect(stderr).toMatch(/^wrale-edge: STATE_DIR_FORBIDDEN: [^\n]+\n$/)
    }
  })

  it('is told for a listening port that another program has', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { code, stderr } = await runEdge([
      'run',
      ...quiet,
      '--state-dir',
      join(root, 'port'),
      '--http',
      `127.0.0.1:${port}`,
    ])
    other.close()
    expect([code, stderr]).toEqual([
      69,
      `wrale-edge: PORT_IN_USE: port ${port} on 127.0.0.1 is in use by another program\n`,
    ])
  })

  it('is told for a damaged key, which is never replaced by itself', async () => {
    const stateDir = join(root, 'damaged')
    mkdirSync(stateDir)
    writeFileSync(join(stateDir, 'identity.key'), 'not a key')
    const { code, stderr } = await runEdge(['run', ...quiet, '--state-dir', stateDir])
    expect(code).toBe(74)
    expect(stderr).toMatch(/^wrale-edge: STATE_DAMAGED: [^\n]+\n$/)
  })
})

describe('the other commands', () => {
  it('tell the version', async () => {
    expect((await runEdge(['version'])).stdout).toMatch(/^wrale-edge \d+\.\d+\.\d+ \(node 24/)
    expect(JSON.parse((await runEdge(['version', '--json'])).stdout)).toMatchObject({
      name: 'wrale-edge',
      version: expect.stringMatching(/^\d/) as string,
    })
  })

  it('help on stdout, with exit code 0', async () => {
    const { code, stdout, stderr } = await runEdge(['run', '--help'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('--state-dir')
  })

  it('examine a machine without a daemon, and fail where it could not run', async () => {
    const absent = JSON.parse((await runEdge(['doctor', '--json', '--state-dir', join(root, 'absent')])).stdout) as {
      checks: unknown
    }
    expect(absent.checks).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'daemon', status: 'warn' }) as unknown]),
    )
    const file = join(root, 'doctor-file')
    writeFileSync(file, '')
    const { code, stdout } = await runEdge(['doctor', '--state-dir', file])
    expect(code).toBe(1)
    expect(stdout).toMatch(/^fail +state-folder: .*is not a folder/m)
  })
})
