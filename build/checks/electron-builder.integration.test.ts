import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = dirname(dirname(import.meta.dirname))
const fromBuilder = createRequire(
  createRequire(join(ROOT, 'desktop/electron/package.json')).resolve('electron-builder'),
)
const fromLibrary = createRequire(fromBuilder.resolve('app-builder-lib'))

/** Marks the fuses in Electron's binary; then come the version of the wire, its length, and one byte a fuse. */
const fuseMark = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const fuseNames = [
  'runAsNode',
  'enableCookieEncryption',
  'enableNodeOptionsEnvironmentVariable',
  'enableNodeCliInspectArguments',
  'enableEmbeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
]

let project: string
let unpacked: string

/** A project with our configuration and manifests, made-up bundles, and files that must not get into a package. */
async function plant(): Promise<void> {
  const files: Record<string, string> = {
    'package.json': JSON.stringify({ name: 'planted', version: '0.1.0', private: true, workspaces: ['desktop/*'] }),
    'desktop/electron/dist/main.mjs': 'main',
    'desktop/electron/dist/main.mjs.map': 'map',
    'desktop/electron/dist/main.mjs.LEGAL.txt': 'licences',
    'desktop/electron/dist/preload.cjs': 'preload',
    'desktop/electron/dist/brain-host.mjs': 'brain',
    'desktop/electron/src/main.ts': 'source',
    'desktop/electron/.env': 'SECRET=1',
    'desktop/electron/state/identity.key': 'secret',
    'desktop/electron/node_modules/left-over/index.js': 'package',
    'desktop/electron/node_modules/left-over/package.json': '{"name":"left-over","version":"1.0.0"}',
    'desktop/renderer/dist/index.html': 'page',
    'desktop/renderer/dist/assets/app.js': 'script',
    'desktop/renderer/dist/assets/app.js.map': 'map',
    'electron/LICENSE': '',
    'electron/electron': `before${fuseMark}\u0001\u0008${'1'.repeat(fuseNames.length)}after`,
  }
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(project, path)), { recursive: true })
    await writeFile(join(project, path), text)
  }
  await mkdir(join(project, 'electron/resources'))
  await mkdir(join(project, 'node_modules/electron'), { recursive: true })
  for (const path of [
    'electron-builder.yml',
    'build/packaging',
    'desktop/electron/package.json',
    'node_modules/electron/package.json',
  ]) {
    await cp(join(ROOT, path), join(project, path), { recursive: true })
  }
}

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'wrale-package-'))
  unpacked = join(project, 'dist/desktop/linux-unpacked')
  await plant()
  const builder = join(dirname(fromBuilder.resolve('electron-builder/package.json')), 'cli.js')
  // The planted Electron takes the place of the real one, so that nothing is fetched; the proxy would show it if something were.
  const env = {
    ...process.env,
    HOME: project,
    HTTPS_PROXY: 'http://127.0.0.1:9',
    ELECTRON_MIRROR: 'http://127.0.0.1:9/',
  }
  const args = [
    builder,
    '--linux',
    'dir',
    '--x64',
    `-c.electronDist=${join(project, 'electron')}`,
    '--publish',
    'never',
  ]
  await promisify(execFile)(process.execPath, args, { cwd: project, env, timeout: 50_000 })
})
afterAll(async () => {
  await rm(project, { recursive: true })
})

describe('a package made with our configuration', () => {
  it('holds the bundles and the pages, and nothing else', () => {
    const { listPackage } = fromLibrary('@electron/asar') as { listPackage: (archive: string) => string[] }
    const names = listPackage(join(unpacked, 'resources/app.asar'))
    expect(names.toSorted()).toEqual([
      '/dist',
      '/dist/brain-host.mjs',
      '/dist/main.mjs',
      '/dist/main.mjs.LEGAL.txt',
      '/dist/preload.cjs',
      '/package.json',
      '/renderer',
      '/renderer/assets',
      '/renderer/assets/app.js',
      '/renderer/index.html',
    ])
  })

  it('starts from the main bundle under the product’s name', () => {
    const { extractFile } = fromLibrary('@electron/asar') as { extractFile: (archive: string, name: string) => Buffer }
    const manifest: unknown = JSON.parse(extractFile(join(unpacked, 'resources/app.asar'), 'package.json').toString())
    expect(manifest).toMatchObject({ main: 'dist/main.mjs', productName: 'Wrale Fleet', type: 'module' })
    expect(manifest).not.toHaveProperty('dependencies')
  })

  it('has every fuse burnt in', async () => {
    const binary = await readFile(join(unpacked, 'wrale-fleet'), 'latin1')
    const wire = binary.slice(binary.indexOf(fuseMark) + fuseMark.length + 2, binary.indexOf('after'))
    const states = Object.fromEntries(fuseNames.map((name, n) => [name, wire[n] === '1']))
    expect(states).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: true,
      grantFileProtocolExtraPrivileges: false,
    })
  })
})
