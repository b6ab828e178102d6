import { type AnyContractRouter, isContractProcedure } from '@orpc/contract'
import { contract, problemSchema } from '@wrale/protocol/api'
import { mkdirSync, writeFileSync } from 'node:fs'
import { request as rawRequest } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LocalStation } from '../testing/local-station.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const folder = temporaryFolder()
const web = join(folder.path, 'web')
const station = new LocalStation({ webRoot: web })
const unknownNode = '12D3KooWCb216C7A3UfkKjkdqT7VGFQfjbbH6CzhTXMi3WbrHsGd'

beforeAll(async () => {
  mkdirSync(join(web, 'assets'), { recursive: true })
  writeFileSync(join(web, 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__"><title>Wrale</title>')
  writeFileSync(join(web, 'theme.js'), 'theme')
  writeFileSync(join(web, 'assets', 'app-1234.js'), 'app')
  writeFileSync(join(folder.path, 'outside.txt'), 'outside')
  await station.start()
})

afterAll(async () => {
  await station.remove()
  folder.remove()
})

/** The problem of an error answer, checked for its form. */
async function problemOf(
  response: Response,
): Promise<{ status: number; code: string; detail?: string | undefined; issues?: unknown }> {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const text = await response.text()
  expect(text).not.toMatch(/node_modules|\.ts:\d/)
  const problem = problemSchema.parse(JSON.parse(text))
  expect(problem.status).toBe(response.status)
  return problem
}

/** Every path of the contract. */
function pathsOf(router: AnyContractRouter): string[] {
  if (!isContractProcedure(router)) return Object.values(router).flatMap(pathsOf)
  return [router['~orpc'].route.path ?? 'none']
}

/** A request with a Host header of one's own, which fetch does not allow. */
function withHost(host: string | undefined, path = '/livez'): Promise<number | undefined> {
  const { port } = new URL(station.url)
  return new Promise((resolve, reject) => {
    const setHost = host !== undefined
    const headers = setHost ? { host } : {}
    rawRequest({ host: '127.0.0.1', port, path, headers, setHost }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

describe('who may ask', () => {
  it('needs a sign-in for everything below /api but the description of the API', async () => {
    for (const path of [
      '/api/v1/nodes',
      '/api/v1/fleet',
      '/api/v1/session',
      '/api/v1/fleet/watch',
      '/api/v1/no/such',
    ]) {
      const response = await fetch(station.url + path)
      expect(response.headers.get('www-authenticate'), path).toBe('Bearer')
      expect(await problemOf(response), path).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
    }
    expect((await fetch(`${station.url}/api/v1/openapi.json`)).status).toBe(200)
  })

  it('takes the local token, and no other', async () => {
    expect((await station.request('/api/v1/nodes')).status).toBe(200)
    const wrong = await fetch(`${station.url}/api/v1/nodes`, { headers: { authorization: 'Bearer wrong' } })
    expect(await problemOf(wrong)).toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it('signs a browser in with a link once, in a cookie that scripts cannot read, and out again', async () => {
    const code = station.code()
    const signIn = (): Promise<Response> =>
      fetch(`${station.url}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: station.url },
        body: JSON.stringify({ code }),
      })
    const first = await signIn()
    expect(first.status).toBe(201)
    expect(await first.json()).toMatchObject({ kind: 'browser' })
    const [setCookie = ''] = first.headers.getSetCookie()
    expect(setCookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/)
    expect(await problemOf(await signIn())).toMatchObject({ code: 'TOKEN_USED_UP' })

    const headers = { cookie: setCookie.split(';')[0] ?? '' }
    expect(await (await fetch(`${station.url}/api/v1/session`, { headers })).json()).toMatchObject({ kind: 'browser' })
    expect((await fetch(`${station.url}/api/v1/session`, { method: 'DELETE', headers })).status).toBe(204)
    expect((await fetch(`${station.url}/api/v1/session`, { headers })).status).toBe(401)
  })

  it('is called by its own names only', async () => {
    for (const host of ['127.0.0.1', 'localhost:7420', '[::1]:7420']) expect(await withHost(host), host).toBe(200)
    for (const host of ['evil.example', 'localhost.evil.example', '192.0.2.1'])
      expect(await withHost(host), host).toBe(403)
    expect(await withHost(undefined)).toBe(400)
  })

  it('is not changed by pages of other origins', async () => {
    for (const origin of ['https://evil.example', 'null', station.url.replace('127.0.0.1', 'localhost')]) {
      const response = await station.request('/api/v1/sign-in-links', { method: 'POST', headers: { origin } })
      expect(await problemOf(response), origin).toMatchObject({ code: 'FORBIDDEN' })
    }
    const own = await station.request('/api/v1/sign-in-links', { method: 'POST', headers: { origin: station.url } })
    expect(own.status).toBe(201)
  })
})

describe('bad input', () => {
  const post = (body: string, contentType = 'application/json'): Promise<Response> =>
    station.request('/api/v1/join-tokens', { method: 'POST', body, headers: { 'content-type': contentType } })

  it('says where a body does not fit its schema', async () => {
    const problem = await problemOf(await post(JSON.stringify({ ttlSeconds: 1, maxUses: 'many' })))
    expect(problem).toMatchObject({ status: 400, code: 'INPUT_INVALID' })
    expect(problem.issues).toMatchObject([{ path: 'ttlSeconds' }, { path: 'maxUses' }])
  })

  it('refuses what is not JSON', async () => {
    expect(await problemOf(await post('{"name":'))).toMatchObject({ status: 400, code: 'INPUT_INVALID' })
    const signIn = await fetch(`${station.url}/api/v1/session`, { method: 'POST', body: 'x' })
    expect(await problemOf(signIn)).toMatchObject({ status: 400, code: 'INPUT_INVALID' })
  })

  it('refuses a body that is too large, told or not', async () => {
    const large = 'x'.repeat(257 * 1024)
    expect(await problemOf(await post(large))).toMatchObject({ status: 413, code: 'TOO_LARGE' })
    const chunked = new ReadableStream({
      start(controller) {
        for (let part = 0; part < 257; part++) controller.enqueue(new Uint8Array(1024))
        controller.close()
      },
    })
    const init: RequestInit = {
      method: 'POST',
      body: chunked,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    }
    expect(await problemOf(await station.request('/api/v1/join-tokens', init))).toMatchObject({ code: 'TOO_LARGE' })
  })

  it('tells a path that is not there from a method that it does not take', async () => {
    expect(await problemOf(await station.request('/api/v1/nope'))).toMatchObject({ status: 404, code: 'NOT_FOUND' })
    const response = await station.request('/api/v1/join-tokens', { method: 'DELETE' })
    expect(response.headers.get('allow')).toBe('POST, GET')
    expect(await problemOf(response)).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' })
  })

  it('tells a node that is not there from an id that is none', async () => {
    expect(await problemOf(await station.request(`/api/v1/nodes/${unknownNode}`))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await problemOf(await station.request('/api/v1/nodes/x'))).toMatchObject({ code: 'INPUT_INVALID' })
    const metrics = await station.request(`/api/v1/nodes/${unknownNode}/metrics?step=soon`)
    expect(await problemOf(metrics)).toMatchObject({ code: 'INPUT_INVALID', issues: [{ path: 'step' }] })
  })
})

describe('the API', () => {
  it('describes itself as OpenAPI 3.1: every path, its answers and its errors', async () => {
    const document = (await (await station.request('/api/v1/openapi.json')).json()) as {
      openapi: string
      paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>
    }
    expect(document.openapi).toMatch(/^3\.1\./)
    const plain = '/nodes/{id}/diagnostics/{run}/report'
    expect(Object.keys(document.paths).toSorted()).toEqual([...new Set([...pathsOf(contract), plain])].toSorted())
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/session', '/nodes/{id}', '/events']))
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
    for (const { responses } of operations) expect(responses).toHaveProperty('default')
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
    const references = JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)
    for (const [, path = ''] of references) {
      const target = path.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], document)
      expect(target, path).toBeDefined()
    }
  })

  it('makes a join token and lists it without its secret', async () => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"shed","maxUses":3}',
    }
    const made = await station.request('/api/v1/join-tokens', init)
    expect(made.status).toBe(201)
    const { token, id } = (await made.json()) as { token: string; id: string }
    expect(token).toMatch(/^wrale-join-/)
    const list = await (await station.request('/api/v1/join-tokens')).text()
    expect(JSON.parse(list)).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ id, name: 'shed', maxUses: 3 })]),
    })
    expect(list).not.toContain(token)
  })

  it('streams the fleet as server-sent events, and lets go when the reader leaves', async () => {
    const controller = new AbortController()
    const response = await station.request('/api/v1/fleet/watch', { signal: controller.signal })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while (!text.includes('"snapshot"')) text += (await reader?.read())?.value ?? ''
    const watchers = async (): Promise<string | undefined> =>
      /^wrale_watchers (\d+)$/m.exec(await (await station.request('/metrics')).text())?.[1]
    expect(await watchers()).toBe('1')
    controller.abort()
    await expect.poll(watchers).toBe('0')
  })

  it('answers no call from a cache', async () => {
    expect((await station.request('/api/v1/nodes')).headers.get('cache-control')).toBe('no-store')
  })

  it('answers HEAD as GET without a body', async () => {
    const response = await station.request('/api/v1/nodes', { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
  })
})

describe('health', () => {
  it('is told to anyone on this machine', async () => {
    for (const path of ['/livez', '/readyz']) expect((await fetch(station.url + path)).status, path).toBe(200)
    const metrics = await fetch(`${station.url}/metrics`)
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(await metrics.text()).toMatch(/^wrale_nodes\{state="ok"\} 0$/m)
  })
})

describe('the web UI', () => {
  const page = { headers: { accept: 'text/html' } }

  it('is served with a policy that lets only its own code and nonced styles in', async () => {
    const response = await fetch(`${station.url}/`, page)
    const policy = response.headers.get('content-security-policy') ?? ''
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1]
    expect(await response.text()).toContain(`content="${nonce}"`)
    expect(policy).toContain("default-src 'self'; script-src 'self'; style-src 'self' 'nonce-")
    for (const rule of ["object-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]) {
      expect(policy).toContain(rule)
    }
    expect(policy).not.toContain('unsafe')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-frame-options': 'DENY',
    })
    const again = (await fetch(`${station.url}/`, page)).headers.get('content-security-policy')
    expect(again).not.toContain(nonce)
  })

  it('is the same page at every place in it, but not for programs and not in place of a file', async () => {
    expect(await (await fetch(`${station.url}/nodes/x`, page)).text()).toContain('<title>Wrale</title>')
    expect(await problemOf(await fetch(`${station.url}/nodes/x`))).toMatchObject({ code: 'NOT_FOUND' })
    expect((await fetch(`${station.url}/assets/gone-99.js`, page)).status).toBe(404)
  })

  it('is cached for ever where the name has a hash, and asked for again elsewhere', async () => {
    const asset = await fetch(`${station.url}/assets/app-1234.js`)
    expect([await asset.text(), asset.headers.get('cache-control')]).toEqual([
      'app',
      'public, max-age=31536000, immutable',
    ])
    expect((await fetch(`${station.url}/theme.js`)).headers.get('cache-control')).toBe('no-cache')
  })

  it('gives nothing outside its folder', async () => {
    for (const path of ['/../outside.txt', '/%2e%2e/outside.txt', '/assets/..%2f..%2foutside.txt']) {
      expect([400, 404], path).toContain(await withHost(new URL(station.url).host, path))
    }
  })
})
