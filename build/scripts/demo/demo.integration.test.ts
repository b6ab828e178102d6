import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const RUN_DEMO = join(import.meta.dirname, 'testing/run-demo.ts')

const SOON = { timeout: 10_000, interval: 20 }

let stateDir: string
let port: number
let demo: ChildProcess | undefined

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'wrale-demo-'))
  port = await freePort()
})

afterEach(async () => {
  demo?.kill('SIGKILL')
  await vi.waitUntil(async () => (await survivors()).length === 0, SOON)
  await rm(stateDir, { recursive: true, force: true })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: free } = server.address() as AddressInfo
  server.close()
  return free
}

interface Run {
  readonly process: ChildProcess
  readonly output: () => string
  readonly said: (text: string) => Promise<void>
  readonly ended: Promise<number | null>
}

function start(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Run {
  const flags = ['--no-open', '--no-faults', '--port', String(port), '--state-dir', stateDir, ...args]
  const child = spawn(process.execPath, [RUN_DEMO, ...flags], { env: { ...process.env, ...env } })
  demo = child
  const changed = new EventTarget()
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
      changed.dispatchEvent(new Event('change'))
    })
  }
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const said = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (output.includes(text)) resolve()
        else if (child.exitCode !== null) reject(new Error(`ended without saying '${text}': ${output}`))
      }
      changed.addEventListener('change', look)
      void ended.then(look)
      look()
    })
  return { process: child, output: () => output, said, ended }
}

/** Process ids of the programs of this test's demo, and of no other: their command lines name its state folder. */
async function survivors(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return pids.filter((_, index) => lines[index]?.includes(stateDir))
}

test('prints where to go and how to sign in, sees every node arrive, and ends after its duration with 0', async () => {
  const run = start(['--nodes', '3', '--duration', '2'])
  await run.said('all 4 nodes are here')
  expect(run.output()).toContain(`Web UI    http://127.0.0.1:${port}\n`)
  expect(run.output()).toContain(`Sign in   http://127.0.0.1:${port}/sign-in#once\n`)
  for (const name of ['roof-1', 'roof-2', 'gate-1']) expect(run.output()).toContain(`${name} is here, ok`)
  expect(await run.ended).toBe(0)
  expect(await survivors()).toEqual([])
})

test('the join token is in a file of the owner alone, and on no command line', async () => {
  const run = start(['--nodes', '1'])
  await run.said('all 2 nodes are here')
  const file = join(stateDir, 'join-token')
  expect(await readFile(file, 'utf8')).toBe('join-me')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const here = JSON.parse(await readFile(join(stateDir, 'nodes/roof-1/here.json'), 'utf8')) as Record<string, unknown>
  expect(here).toMatchObject({ name: 'roof-1', metal: 'simulated', token: 'join-me' })
  const lines = await Promise.all((await survivors()).map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8')))
  expect(lines.join('\n')).not.toContain('join-me')
})

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s, sent twice, ends everything in order with 0',
  async (signal) => {
    const run = start(['--nodes', '2'])
    await run.said('all 3 nodes are here')
    run.process.kill(signal)
    run.process.kill(signal)
    expect(await run.ended).toBe(0)
    expect(await survivors()).toEqual([])
    expect(await readdir(join(stateDir, 'nodes/roof-1'))).toEqual([])
    expect(run.output()).not.toContain('last words')
  },
)

test('a program that does not stop is killed after five seconds', async () => {
  const run = start(['--nodes', '0'], { FAKE_EDGE_STUCK: '1' })
  await run.said('all 1 nodes are here')
  const told = performance.now()
  run.process.kill('SIGINT')
  expect(await run.ended).toBe(0)
  expect(performance.now() - told).toBeGreaterThan(4900)
  expect(await survivors()).toEqual([])
})

test('a demo that is killed leaves nothing behind', async () => {
  const run = start(['--nodes', '2'])
  await run.said('all 3 nodes are here')
  run.process.kill('SIGKILL')
  await run.ended
  await expect.poll(survivors, SOON).toEqual([])
})

test('a demo whose parent is killed ends by itself', async () => {
  const flags = ['--no-open', '--no-faults', '--nodes', '0', '--port', String(port), '--state-dir', stateDir]
  const command = JSON.stringify([RUN_DEMO, ...flags])
  const script = `require('node:child_process').spawn(process.execPath, ${command}, { stdio: 'inherit' })`
  const parent = spawn(process.execPath, ['-e', script])
  let output = ''
  parent.stdout.setEncoding('utf8').on('data', (text) => (output += text))
  while (!output.includes('all 1 nodes are here')) await once(parent.stdout, 'data')
  parent.kill('SIGKILL')
  await expect.poll(survivors, SOON).toEqual([])
})

test('a node that crashes is reported with its last words, and the others go on', async () => {
  const run = start(['--nodes', '2', '--duration', '2'], { FAKE_EDGE_CRASHES: 'roof-2' })
  await run.said('roof-2 ended with code 9; its last words:\n    the fake has crashed')
  expect(await run.ended).toBe(0)
  expect(run.output()).toContain('roof-1 is here')
})

test('a station that cannot start ends the demo with the station’s own error', async () => {
  const run = start([], { FAKE_STATION_FAILS: '1' })
  expect(await run.ended).toBe(73)
  expect(run.output()).toBe('wrale: STATE_DIR_IN_USE: the folder is in use by another process\n')
})

test('where a window can be shown it takes the station over, and closing it ends the demo', async () => {
  const run = start(['--nodes', '1'], { FAKE_WINDOW: 'closes' })
  await run.said('the station moves into its window')
  expect(await run.ended).toBe(0)
  expect(run.output()).not.toContain('Sign in')
  expect(await survivors()).toEqual([])
})

test('a window that fails ends the demo with its error', async () => {
  const run = start(['--nodes', '1'], { FAKE_WINDOW: 'fails' })
  expect(await run.ended).toBe(73)
  expect(run.output()).toContain('wrale: STATE_DIR_IN_USE: the folder is in use by another process\n')
})

test('a port in use is one line with a code, and nothing is started', async () => {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  const run = start()
  expect(await run.ended).toBe(69)
  expect(run.output()).toBe(`wrale: PORT_IN_USE: port ${port} is in use; choose another with --port\n`)
  server.close()
})
