import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeSchema } from '@wrale/protocol/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { LabHost, type LabProcess } from '../../lab/src/index.ts'
import { build } from '../build/build.ts'
import { ROOT } from '../task.ts'

const PORT = 7420
/** What a person waits for the link, with everything built, in milliseconds. */
const PATIENCE_MS = 15_000

let host: LabHost
let stateDir: string

beforeAll(async () => {
  await build()
  host = await LabHost.create()
  stateDir = await mkdtemp(join(tmpdir(), 'wrale-start-'))
})

afterAll(async () => {
  await host.close()
  await rm(stateDir, { recursive: true, force: true })
})

function start(...args: string[]): LabProcess {
  const flags = ['start', '--', '--no-open', '--no-faults', '--state-dir', stateDir, ...args]
  return host.spawn({ command: 'npm', args: flags, cwd: ROOT })
}

async function survivors(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.filter((line) => line.includes(stateDir))
}

test('npm start shows a link in time, brings six real daemons to the station, and leaves nothing after Ctrl+C', async () => {
  const demo = start()
  const { text } = await demo.waitForLine(/Sign in +http/, { timeoutMs: PATIENCE_MS })
  const link = new URL(text.slice(text.indexOf('http')))
  const page = await host.http(link, { headers: { accept: 'text/html' } })
  expect(page.status).toBe(200)
  expect(page.headers['content-type']).toContain('text/html')
  expect(link.hash).not.toBe('')

  await demo.waitForLine('all 6 nodes are here', { timeoutMs: 30_000 })
  const token = await readFile(join(stateDir, 'station/local.token'), 'utf8')
  const headers = { authorization: `Bearer ${token.trim()}` }
  const answer = await host.http(`http://127.0.0.1:${PORT}/api/v1/nodes`, { headers })
  const { items } = z.object({ items: z.array(nodeSchema) }).parse(answer.json())
  expect(
    items
      .filter(({ simulated }) => simulated)
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(['gate-1', 'gate-2', 'pump-1', 'roof-1', 'roof-2'])
  expect(items.filter(({ simulated }) => !simulated)).toHaveLength(1)

  demo.kill('SIGINT')
  expect(await demo.exit).toEqual({ code: 0, signal: null })
  expect(await survivors()).toEqual([])
})

test('a second start finds the fleet again, and --duration ends it with 0', async () => {
  const demo = start('--duration', '8')
  await demo.waitForLine('all 6 nodes are here', { timeoutMs: PATIENCE_MS })
  expect(await demo.exit).toEqual({ code: 0, signal: null })
  expect(await survivors()).toEqual([])
})

test.each([
  [['--fast'], 2, 'wrale: USAGE: '],
  [['--nodes', 'many'], 2, 'wrale: USAGE: '],
])('%j is refused with one line', async (args, code, line) => {
  const demo = start(...args)
  expect(await demo.exit).toMatchObject({ code })
  expect(demo.output.filter(({ stream, text }) => stream === 'stderr' && text.startsWith('wrale:'))).toEqual([
    expect.objectContaining({ text: expect.stringContaining(line) }),
  ])
})
