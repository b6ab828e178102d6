/** Stands in for `wrale station`: serves as much of its API as the demo uses, over the files that fake nodes leave. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    'state-dir': { type: 'string', default: '' },
    port: { type: 'string', default: '' },
    'create-fleet': { type: 'string' },
  },
})
const stateDir = values['state-dir']
const nodesDir = join(dirname(stateDir), 'nodes')
const LOCAL_TOKEN = 'local-secret'
const HOUR_MS = 3_600_000

if (process.env['FAKE_STATION_FAILS']) {
  console.error('wrale: STATE_DIR_IN_USE: the folder is in use by another process')
  process.exit(73)
}

function nodes(): object[] {
  return readdirSync(nodesDir)
    .filter((name) => existsSync(join(nodesDir, name, 'here.json')))
    .map((name) => ({ name, state: 'ok', reasons: [], lastSeen: new Date().toISOString() }))
}

function answer(route: string, response: ServerResponse): void {
  const now = Date.now()
  const times = { createdAt: new Date(now).toISOString(), expiresAt: new Date(now + HOUR_MS).toISOString() }
  const bodies: Record<string, () => object> = {
    'GET /api/v1/nodes': () => ({ items: nodes() }),
    'POST /api/v1/join-tokens': () => ({
      id: 'ab'.repeat(8),
      name: 'x',
      ...times,
      maxUses: 9,
      uses: 0,
      revoked: false,
      token: 'join-me',
    }),
    'POST /api/v1/sign-in-links': () => ({
      url: `http://127.0.0.1:${values.port}/sign-in#once`,
      expiresAt: times.expiresAt,
    }),
    'GET /readyz': () => ({}),
  }
  const body = bodies[route]
  response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body?.() ?? {}))
}

const server = createServer((request, response) => {
  const isOpen = request.url === '/readyz' || request.headers.authorization === `Bearer ${LOCAL_TOKEN}`
  if (isOpen) answer(`${request.method} ${request.url}`, response)
  else response.writeHead(401).end('{}')
})
server.listen(Number(values.port), '127.0.0.1', () => {
  mkdirSync(stateDir, { recursive: true })
  writeFileSync(join(stateDir, 'local.token'), `${LOCAL_TOKEN}\n`, { mode: 0o600 })
  const url = `http://127.0.0.1:${values.port}`
  writeFileSync(join(stateDir, 'station.json'), JSON.stringify({ pid: process.pid, url, apiUrl: url }))
})
process.on('SIGTERM', () => process.exit(0))
process.on('SIGINT', () => process.exit(99))
process.on('disconnect', () => process.exit(0))
