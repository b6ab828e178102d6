import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FleetError } from '@wrale/kernel'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPageHandler, type PageHandler } from './handler.ts'
import { mediaTypeOf } from './media-types.ts'
import { isAppPage, isAppUrl, privilegedScheme } from './scheme.ts'
import { openSite } from './site.ts'

const index = '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><style nonce="__CSP_NONCE__"></style>'
const secret = 'not a part of the site'
let folder: string
let handle: PageHandler
let failure: FleetError | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wrale-site-'))
  const root = join(folder, 'site')
  await mkdir(join(root, 'assets'), { recursive: true })
  await writeFile(join(folder, 'secret.txt'), secret)
  await writeFile(join(root, 'index.html'), index)
  await writeFile(join(root, 'assets', 'app.js'), 'export {}')
  await writeFile(join(root, 'assets', 'a b.css'), 'body {}')
  await writeFile(join(root, 'assets', 'inter.woff2'), Buffer.from([0, 1, 2, 255]))
  await writeFile(join(root, 'icon.svg'), '<svg/>')
  await symlink(join(folder, 'secret.txt'), join(root, 'assets', 'link.txt'))
  await symlink(folder, join(root, 'up'))
  handle = createPageHandler({ site: await openSite(root), failure: () => failure })
})

afterAll(async () => {
  await rm(folder, { recursive: true })
})

const get = (url: string, rest: object = {}): Promise<Response> => handle({ url, method: 'GET', ...rest })

describe('the app scheme', () => {
  it('is standard and secure and has no way around the policy', () => {
    expect(privilegedScheme).toMatchObject({
      scheme: 'wrale',
      privileges: { standard: true, secure: true, bypassCSP: false, corsEnabled: false, allowServiceWorkers: false },
    })
  })

  it.each(['wrale://app', 'wrale://app/', 'wrale://app/nodes/x?y#z'])('knows %s as its own', (url) => {
    expect(isAppUrl(url)).toBe(true)
  })

  it.each([
    'wrale://app.evil/',
    'wrale://evil/app',
    'wrale://app:81/',
    'wrale://user@app/',
    'wrale://app@evil/',
    'wrale://app\\@evil/',
    'wrale:app',
    'https://app/',
    'file:///app/',
    'javascript:alert(1)',
    'data:text/html,x',
    'about:blank',
    '',
    'wrale',
  ])('does not know %s as its own', (url) => {
    expect(isAppUrl(url)).toBe(false)
  })

  it('tells the app from the failure page', () => {
    expect(isAppPage('wrale://app/nodes')).toBe(true)
    expect(isAppPage('wrale://app/~failure')).toBe(false)
    expect(isAppPage('https://app/')).toBe(false)
  })
})

describe('the page handler', () => {
  it.each([
    ['/assets/app.js', 'text/javascript; charset=utf-8', 'export {}'],
    ['/assets/a%20b.css', 'text/css; charset=utf-8', 'body {}'],
    ['/icon.svg', 'image/svg+xml', '<svg/>'],
  ])('serves %s as %s', async (path, type, text) => {
    const response = await get(`wrale://app${path}`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(type)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await response.text()).toBe(text)
  })

  it('serves binary files byte for byte', async () => {
    const response = await get('wrale://app/assets/inter.woff2')
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0, 1, 2, 255]))
    expect(response.headers.get('content-length')).toBe('4')
  })

  it.each(['/', '/index.html', '/nodes', '/nodes/12D3KooWGxT1yvVz', '/%7Efailure'])(
    'answers the place %s with the app',
    async (path) => {
      failure = undefined
      const response = await get(`wrale://app${path}`)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(await response.text()).toContain('csp-nonce')
    },
  )

  it('puts one new nonce into the page and its policy, and allows no other code', async () => {
    const nonces = new Set<string>()
    for (let n = 0; n < 3; n++) {
      const response = await get('wrale://app/')
      const policy = response.headers.get('content-security-policy') ?? ''
      const nonce = /style-src 'self' 'nonce-([A-Za-z0-9+/=]{22,})'/.exec(policy)?.[1] ?? 'none'
      expect(await response.text()).toBe(index.replaceAll('__CSP_NONCE__', nonce))
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self';")
      expect(policy).not.toMatch(/unsafe|https?:|\*/)
      nonces.add(nonce)
    }
    expect(nonces.size).toBe(3)
  })

  it('sends the policy with every kind of answer', async () => {
    const answers = [
      await get('wrale://app/assets/app.js'),
      await get('wrale://app/missing.js'),
      await get('wrale://evil/'),
      await get('wrale://app/%ff'),
      await handle({ url: 'wrale://app/', method: 'POST' }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 404, 400, 405])
    for (const { headers } of answers) expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    for (const { headers } of answers.slice(1)) expect(headers.get('content-type')).toBe('text/plain; charset=utf-8')
  })

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/%252e%252e/secret.txt',
    '/..\\secret.txt',
    '/%5c..%5csecret.txt',
    '//secret.txt',
    '/./../secret.txt',
    '/assets/link.txt',
    '/up/secret.txt',
    '/secret.txt%00.js',
  ])('does not leave its folder for %s', async (path) => {
    const response = await get(`wrale://app${path}`)
    expect(response.status).toBe(404)
    expect(await response.text()).toBe('')
  })

  it('never answers with anything from outside, whatever the path', async () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '%2e',
      '%2f',
      '%5c',
      '\\',
      '/',
      'secret.txt',
      'assets',
      'up',
      '%00',
      'link.txt',
    )
    const path = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('/')),
    )
    await fc.assert(
      fc.asyncProperty(path, async (text) => {
        const response = await get(`wrale://app/${text}`)
        expect(await response.text()).not.toContain(secret)
        expect([200, 400, 404]).toContain(response.status)
      }),
    )
  })

  it('serves no page of another origin, and none that asks for a request body', async () => {
    expect((await get('wrale://app/', { initiatorOrigin: 'https://evil.example' })).status).toBe(404)
    expect((await get('wrale://app/', { initiatorOrigin: null })).status).toBe(404)
    expect((await get('wrale://app/', { initiatorOrigin: 'wrale://app' })).status).toBe(200)
    expect((await handle({ url: 'wrale://app/', method: 'DELETE' })).status).toBe(405)
  })

  it('answers HEAD with the headers only', async () => {
    const response = await handle({ url: 'wrale://app/assets/app.js', method: 'HEAD' })
    expect(response.headers.get('content-length')).toBe('9')
    expect(await response.text()).toBe('')
  })

  it('says why there is no station, with its code, and runs nothing of what the message holds', async () => {
    failure = new FleetError('STATE_DIR_IN_USE', 'the folder <img src=x onerror="alert(1)"> is in use')
    const response = await get('wrale://app/~failure')
    const text = await response.text()
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(text).toContain('STATE_DIR_IN_USE')
    expect(text).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;')
    expect(text).not.toContain('<img')
    expect(text).not.toContain('<script')
    const nonce = /<style nonce="([^"]+)">/.exec(text)?.[1]
    expect(response.headers.get('content-security-policy')).toContain(`'nonce-${nonce}'`)
    failure = undefined
  })

  it('answers 500 without details when a file cannot be read any more', async () => {
    const broken = createPageHandler({
      site: { read: () => Promise.reject(new Error('disk')) },
      failure: () => undefined,
    })
    const response = await broken({ url: 'wrale://app/a.js', method: 'GET' })
    expect([response.status, await response.text()]).toEqual([500, ''])
  })
})

describe('the site', () => {
  it('says so when the pages were not built', async () => {
    await expect(openSite(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(openSite(folder)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('refuses a folder with far too many files', async () => {
    await expect(openSite(join(folder, 'site'), { maxFiles: 2 })).rejects.toMatchObject({ code: 'TOO_LARGE' })
  })

  it('gives unknown kinds of file a type that nothing runs', () => {
    expect(mediaTypeOf('/a.exe')).toBe('application/octet-stream')
    expect(mediaTypeOf('/A.JS')).toBe('text/javascript; charset=utf-8')
  })
})
