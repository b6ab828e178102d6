import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, open, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ROOT } from '../../task.ts'
import { build, type BuildResult } from '../build.ts'
import { listFiles } from '../files.ts'
import { TARGETS, type AddonsTarget } from '../targets.ts'
import { bindingFolder } from './compile.ts'
import { nodeHeaders } from './headers.ts'
import { missingCommands, NODE_ARCHITECTURES, toolchainsFor, type Toolchain } from './toolchain.ts'

const execute = promisify(execFile)
const tools = process.platform === 'linux' ? toolchainsFor(NODE_ARCHITECTURES) : []
const canCompile = (toolchain: Toolchain | undefined): boolean =>
  toolchain !== undefined && missingCommands(toolchain).length === 0
const hasCompiler = canCompile(tools.find(({ architecture }) => architecture === process.arch))
const hasPiCompiler = canCompile(tools.find(({ architecture }) => architecture === 'arm64'))

let root: string

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'wrale-addons-')))
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(root, { recursive: true, force: true })
})

describe('the built daemon, away from the repository', () => {
  const { outdir } = TARGETS['edge-addons'] as AddonsTarget

  beforeEach(() => cp(join(ROOT, dirname(outdir)), root, { recursive: true }))

  /** Asks for packages as the daemon does: from its own file. */
  async function ask(script: string): Promise<unknown> {
    const program = `
      const load = require('node:module').createRequire(${JSON.stringify(join(root, 'wrale-edge.mjs'))})
      const answer = async () => { ${script} }
      answer().then((it) => console.log(JSON.stringify(it)))`
    const { stdout } = await execute(process.execPath, ['-e', program], { cwd: root, env: {} })
    return JSON.parse(stdout)
  }

  test.skipIf(!hasCompiler)('watches GPIO lines with its own add-on (needs a C++ compiler)', async () => {
    const { folder, accessible, closed } = (await ask(`
      const epoll = new (load('epoll').Epoll)(() => {})
      epoll.close()
      return { folder: load.resolve('onoff'), accessible: load('onoff').Gpio.accessible, closed: epoll.closed }
    `)) as { folder: string; accessible: unknown; closed: unknown }
    expect(folder).toBe(join(root, 'node_modules/onoff/onoff.js'))
    expect(accessible).toBeTypeOf('boolean')
    expect(closed).toBe(true)
  })

  test.skipIf(!hasCompiler)('reads I2C buses with its own add-on (needs a C++ compiler)', async () => {
    const answer = await ask(`
      const bus = await load('i2c-bus').openPromisified(4242)
      const error = await bus.readByte(0x20, 0).catch((it) => it)
      return { folder: load.resolve('i2c-bus'), code: error.code, path: error.path }
    `)
    const folder = join(root, 'node_modules/i2c-bus/i2c-bus.js')
    expect(answer).toEqual({ folder, code: 'ENOENT', path: '/dev/i2c-4242' })
  })

  test.skipIf(!hasPiCompiler)(
    'brings the add-ons of a 64-bit Raspberry Pi (needs a C++ compiler for arm64)',
    async () => {
      for (const file of ['epoll/%/epoll.node', 'i2c-bus/%/i2c.node']) {
        const { buffer } = await firstBytes(join(root, 'node_modules', file.replace('%', bindingFolder('arm64'))))
        // The header of an ELF file: its magic number, 64 bits, and EM_AARCH64.
        expect([buffer.toString('latin1', 0, 4), buffer[4], buffer.readUInt16LE(18)]).toEqual(['\x7fELF', 2, 183])
      }
    },
  )
})

async function firstBytes(path: string): Promise<{ readonly buffer: Buffer }> {
  const file = await open(path)
  try {
    return await file.read(Buffer.alloc(20), 0, 20, 0)
  } finally {
    await file.close()
  }
}

describe('packages with native parts', () => {
  const definitions = {
    'edge-addons': { kind: 'addons', packages: ['gauge'], architectures: [], outdir: 'dist/node_modules' },
  } as const satisfies { 'edge-addons': AddonsTarget }

  beforeEach(async () => {
    const files = {
      'package.json': '{}',
      'package-lock.json': '{}',
      'node_modules/nan/package.json': '{"version":"2.0.0"}',
      'node_modules/gauge/binding.gyp': '{"targets":[{"target_name":"gauge","sources":["src/gauge.c"]}]}',
      'node_modules/gauge/index.js': "module.exports = require('finder')(__dirname, 'gauge.node')\n",
      'node_modules/gauge/LICENSE': 'Free for all.\n',
      'node_modules/gauge/README.md': 'Reads gauges.\n',
      'node_modules/finder/package.json': '{"version":"1.0.0","main":"find.js"}',
      'node_modules/finder/find.js': `module.exports = (folder, name) => require(folder + '/${bindingFolder(process.arch)}/' + name)\n`,
      'dist/node_modules/stale/index.js': '',
    }
    for (const [path, contents] of Object.entries(files)) await write(path, contents)
    await writeGauge('1.0.0', 1)
  })

  async function write(path: string, contents: string): Promise<void> {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), contents)
  }

  /** A package whose add-on is a number. */
  async function writeGauge(version: string, value: number): Promise<void> {
    const dependencies = { finder: '1', nan: '2' }
    await write('node_modules/gauge/package.json', JSON.stringify({ version, main: 'index.js', dependencies }))
    await write(
      'node_modules/gauge/src/gauge.c',
      `#include <node_api.h>
       NAPI_MODULE_INIT() { napi_value value; napi_create_int32(env, ${value}, &value); return value; }`,
    )
  }

  const run = async (): Promise<BuildResult> => (await build({ root, definitions }))[0]!
  const read = async (from: string): Promise<string> =>
    (await execute(process.execPath, ['-p', `require(${JSON.stringify(join(root, from, 'gauge'))})`])).stdout.trim()
  const compiled = async (): Promise<string[]> =>
    (await readdir(join(root, '.cache/addons'))).filter((name) => name.startsWith('gauge-'))

  async function borrowHeaders(): Promise<void> {
    const headers = await nodeHeaders(ROOT)
    await mkdir(join(root, '.cache/addons'), { recursive: true })
    await symlink(headers, join(root, '.cache/addons', basename(headers)))
  }

  test.skipIf(!hasCompiler)(
    'are compiled once, and again when their version changes (needs a C++ compiler)',
    async () => {
      await borrowHeaders()
      // An own configuration of the person who builds.
      vi.stubEnv('npm_config_nodedir', '/nonexistent')
      await write('node_modules/gauge/build/Release/gauge.node', 'made by npm for the Node that it runs with')
      expect(await run()).toMatchObject({ built: true, notes: [] })
      expect([await read('dist/node_modules'), await read('node_modules')]).toEqual(['1', '1'])
      expect(await listFiles(join(root, 'node_modules/gauge/build'))).toEqual([])
      expect(await listFiles(join(root, 'dist/node_modules'))).toEqual([
        'finder/find.js',
        'finder/package.json',
        'gauge/LICENSE',
        'gauge/index.js',
        join('gauge', bindingFolder(process.arch), 'gauge.node'),
        'gauge/package.json',
      ])

      const [first] = await compiled()
      const made = await stat(join(root, '.cache/addons', first!))
      await rm(join(root, 'dist'), { recursive: true })
      await rm(join(root, 'node_modules/gauge/lib'), { recursive: true })
      expect((await run()).built).toBe(true)
      expect([await read('dist/node_modules'), await read('node_modules')]).toEqual(['1', '1'])
      expect((await stat(join(root, '.cache/addons', first!))).ino, 'not compiled again').toBe(made.ino)
      expect((await run()).built).toBe(false)

      await writeGauge('1.0.1', 2)
      expect((await run()).built).toBe(true)
      expect([await read('dist/node_modules'), await read('node_modules')]).toEqual(['2', '2'])
      expect(await compiled(), 'the older one is gone').toEqual([expect.not.stringMatching(first!)])
    },
  )

  test.skipIf(!hasCompiler)(
    'that do not compile are left out, said, and tried again (needs a C++ compiler)',
    async () => {
      await borrowHeaders()
      await write('node_modules/gauge/src/gauge.c', '#error there is no gauge')
      const { notes } = await run()
      expect(notes).toEqual([
        expect.stringMatching(/^gauge for \w+: node-gyp ended with code 1: [^]*there is no gauge/),
      ])
      expect((await run()).built).toBe(true)
      expect(await compiled()).toEqual([])
    },
  )

  test('are left out where there is no compiler, and everything else is shipped', async () => {
    vi.stubEnv('PATH', root)
    const wanted =
      process.platform === 'linux' ? /^C\+\+ compiler for \w+: no gcc, g\+\+, make, python3 here/ : /Linux only/
    const absent = { notes: [expect.stringMatching(wanted)] }
    expect(await run()).toMatchObject({ built: true, ...absent })
    expect(await run(), 'said each time').toMatchObject({ built: false, ...absent })
    const files = await listFiles(join(root, 'dist/node_modules'))
    expect(files).toEqual([
      'finder/find.js',
      'finder/package.json',
      'gauge/LICENSE',
      'gauge/index.js',
      'gauge/package.json',
    ])
    expect(await readFile(join(root, 'dist/node_modules/gauge/LICENSE'), 'utf8')).toBe('Free for all.\n')
  })

  test('that npm left out are said to be', async () => {
    await rm(join(root, 'node_modules/finder'), { recursive: true })
    expect(await run()).toMatchObject({ files: [], notes: ['add-ons: npm did not install gauge'] })
    expect(await listFiles(join(root, 'dist'))).toEqual([])
  })
})
