import { gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

type Output = Rolldown.RolldownOutput['output']

/** What a browser loads before it shows the first screen, gzip, bytes. The one sheet styles every screen, and grows with them. */
const initialBudget = { scripts: 200_000, styles: 28_000 } as const

let output: Output

afterAll(() => void vi.unstubAllEnvs())

beforeAll(async () => {
  // Test runs say `test` here, and the build would take React's development half.
  vi.stubEnv('NODE_ENV', 'production')
  const result = await build({
    root: import.meta.dirname,
    configFile: `${import.meta.dirname}/vite.config.ts`,
    logLevel: 'silent',
    build: { write: false },
  })
  if (!('output' in result)) throw new Error('the build gave no output')
  output = result.output
})

const chunks = () => output.filter((file) => file.type === 'chunk')
const textOf = (end: string): string[] =>
  output.flatMap((file) => (file.type === 'asset' && file.fileName.endsWith(end) ? [String(file.source)] : []))

const gzipped = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + gzipSync(text).byteLength, 0)

describe('the page', () => {
  test('has no inline script and no inline style, which the content security policy forbids', () => {
    const [page = ''] = textOf('index.html')
    expect(page).toContain('content="__CSP_NONCE__"')
    expect(page.match(/<script(?![^>]*\ssrc=)/g)).toBeNull()
    expect(page.match(/<style|\sstyle=|\son[a-z]+=/g)).toBeNull()
  })

  test('takes everything from where it came from', () => {
    const linked = [...textOf('index.html'), ...textOf('.css')]
      .join('\n')
      .match(/(?:src|href)="(?!\/)|url\((?!["']?(?:\/|data:|#))/g)
    expect(linked).toBeNull()
    expect(textOf('.css').join('\n')).not.toMatch(/https?:/)
  })

  test('links all styles: no part brings a sheet of its own, which could fail to come', () => {
    const sheets = output.map(({ fileName }) => fileName).filter((name) => name.endsWith('.css'))
    expect(sheets).toHaveLength(1)
    expect(textOf('index.html')[0]).toContain(`href="/${sheets[0]}"`)
    expect(textOf('.css').join('')).toContain('uplot')
  })
})

describe('the bundle', () => {
  test('has hashed names and no source maps', () => {
    const names = output.map(({ fileName }) => fileName).filter((name) => name.startsWith('assets/'))
    expect(names.length).toBeGreaterThan(8)
    expect(names.filter((name) => !/-[\w-]{8}\.\w+$/.test(name))).toEqual([])
    expect(names.filter((name) => name.endsWith('.map'))).toEqual([])
  })

  test('leaves the fake fleet out', () => {
    const modules = chunks().flatMap(({ modules: used }) => Object.keys(used))
    expect(modules.filter((name) => name.includes('/backend/client-backend.ts'))).toHaveLength(1)
    expect(modules.filter((name) => name.includes('/fake/') || name.includes('/testing/'))).toEqual([])
  })

  test('shows the first screen from little, and without the charts', () => {
    const byName = new Map(chunks().map((chunk) => [chunk.fileName, chunk]))
    const initial = new Set<string>()
    const add = (name: string): void => {
      if (initial.has(name)) return
      initial.add(name)
      for (const next of byName.get(name)?.imports ?? []) add(next)
    }
    add(chunks().find(({ isEntry }) => isEntry)?.fileName ?? '')
    const loaded = [...initial].flatMap((name) => byName.get(name) ?? [])
    const scripts = gzipped(loaded.map(({ code }) => code))
    expect(scripts).toBeGreaterThan(50_000)
    expect(scripts).toBeLessThan(initialBudget.scripts)
    const styles = gzipped(textOf('.css'))
    expect(styles).toBeGreaterThan(5000)
    expect(styles).toBeLessThan(initialBudget.styles)
    expect(loaded.flatMap(({ modules }) => Object.keys(modules)).filter((name) => name.includes('/uplot/'))).toEqual([])
  })
})
