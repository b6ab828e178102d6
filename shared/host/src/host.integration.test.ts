import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  callControl,
  controlSocketPath,
  httpListen,
  isStateDirectoryInUse,
  loadIdentity,
  loadOrCreateIdentity,
  openSettings,
  openStateDirectory,
  serveControl,
  softwareVersion,
  writeFileAtomic,
} from './index.ts'

let folder: string
const children: ChildProcess[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wrale-host-'))
})

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

/** Runs a module that imports from this package, with an IPC channel, and waits until it says "ready". */
async function run(code: string): Promise<ChildProcess> {
  const index = new URL('./index.ts', import.meta.url).href
  const source = `import * as host from ${JSON.stringify(index)};\n${code}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  children.push(child)
  const [message] = (await once(child, 'message')) as [unknown]
  expect(message).toBe('ready')
  return child
}

describe('the state folder', () => {
  it('is taken by one process at a time, and is free again after kill -9', async () => {
    const child = await run(
      `await host.openStateDirectory(${JSON.stringify(folder)}); process.send('ready'); setInterval(() => {}, 1000)`,
    )
    await expect(openStateDirectory(folder)).rejects.toMatchObject({ code: 'STATE_DIR_IN_USE' })
    expect(await isStateDirectoryInUse(folder)).toBe(true)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const state = await openStateDirectory(folder)
    await state.release()
    await state.release()
    expect(await isStateDirectoryInUse(folder)).toBe(false)
  })

  it('is refused with a code when it is a file, or lies under one', async () => {
    const file = join(folder, 'file')
    await writeFile(file, '')
    await expect(openStateDirectory(file)).rejects.toMatchObject({ code: 'STATE_DIR_FORBIDDEN' })
    await expect(openStateDirectory(join(file, 'below'))).rejects.toMatchObject({ code: 'STATE_DIR_FORBIDDEN' })
    await expect(openStateDirectory('/proc/wrale')).rejects.toMatchObject({ code: 'STATE_DIR_FORBIDDEN' })
  })

  it('is rid of what killed writes left, and of nothing else', async () => {
    await writeFile(join(folder, '.0b54ee9a-1c47-4c2e-9d9a-53d4f1a0a0aa.tmp'), 'half')
    await writeFile(join(folder, '.mine.tmp'), 'whole')
    const state = await openStateDirectory(folder)
    await state.release()
    expect((await readdir(folder)).toSorted()).toEqual(['.mine.tmp', 'lock.sqlite'])
  })

  it.each([
    ['garbage', (file: string) => writeFile(file, 'no database '.repeat(200))],
    ['a folder', (file: string) => mkdir(file)],
  ])('is taken although its lock file is %s, but not from who holds it', async (_what, spoil) => {
    await spoil(join(folder, 'lock.sqlite'))
    const state = await openStateDirectory(folder)
    await expect(openStateDirectory(folder)).rejects.toMatchObject({ code: 'STATE_DIR_IN_USE' })
    await state.release()
  })

  it('is readable by its owner only', async () => {
    const state = await openStateDirectory(join(folder, 'new'))
    expect((await stat(state.path)).mode & 0o777).toBe(0o700)
    await state.release()
  })
})

describe('writeFileAtomic', () => {
  it('replaces content, sets the mode and leaves nothing else behind', async () => {
    const file = join(folder, 'a')
    await writeFileAtomic(file, 'one', { mode: 0o600 })
    await writeFileAtomic(file, 'two', { mode: 0o600 })
    expect(await readFile(file, 'utf8')).toBe('two')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['a'])
  })
})

describe('the key file', () => {
  it('keeps one identity, and reports a damaged one instead of replacing it', async () => {
    const file = join(folder, 'key')
    expect(await loadIdentity(file)).toBeUndefined()
    const first = await loadOrCreateIdentity(file)
    expect((await loadOrCreateIdentity(file)).id).toBe(first.id)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    await writeFile(file, 'nonsense')
    await expect(loadOrCreateIdentity(file)).rejects.toMatchObject({ code: 'STATE_DAMAGED' })
    expect(await readFile(file, 'utf8')).toBe('nonsense')
  })

  it('says of every damage to a key that it is damaged, or has the very key: never another', async () => {
    const file = join(folder, 'key')
    const { id } = await loadOrCreateIdentity(file)
    const good = await readFile(file)
    const found = new Set<unknown>()
    for (let at = 0; at < good.length; at++) {
      const bytes = Uint8Array.from(good)
      bytes[at] = (bytes[at] ?? 0) ^ 0x10
      for (const spoilt of [bytes, good.subarray(0, at)]) {
        await writeFile(file, spoilt)
        found.add(
          await loadIdentity(file).then(
            (identity) => identity?.id,
            (error: unknown) => error,
          ),
        )
      }
    }
    expect([...found].filter((each) => each !== id).map((each) => (each as { code?: string }).code)).toEqual(
      Array.from(found, () => 'STATE_DAMAGED').slice(found.has(id) ? 1 : 0),
    )
    await rm(file)
    await mkdir(file)
    await expect(loadIdentity(file)).rejects.toMatchObject({ code: 'STATE_DAMAGED' })
  })

  it('is not made anew where something is left of what it was used for', async () => {
    const left = join(folder, 'membership.json')
    await writeFile(left, '{}')
    await expect(loadOrCreateIdentity(join(folder, 'key'), [left])).rejects.toMatchObject({ code: 'STATE_DAMAGED' })
    expect(await readdir(folder)).toEqual(['membership.json'])
  })
})

describe('settings', () => {
  const schema = z.object({ uses: z.number().default(0) })

  it('carries out concurrent updates one after another and keeps them', async () => {
    const file = join(folder, 'settings.json')
    const settings = await openSettings(file, schema)
    await Promise.all(Array.from({ length: 20 }, () => settings.update((data) => void data.uses++)))
    expect((await openSettings(file, schema)).data.uses).toBe(20)
  })

  it('sets a damaged file aside and starts from the defaults', async () => {
    const file = join(folder, 'settings.json')
    await writeFile(file, '{"uses":')
    const settings = await openSettings(file, schema)
    expect(settings.data.uses).toBe(0)
    expect(settings.damaged).toBe(`${file}.damaged-1`)
    expect(await readFile(`${file}.damaged-1`, 'utf8')).toBe('{"uses":')
  })
})

describe('the control socket', () => {
  it('carries calls, errors with their code, and tells when nobody listens', async () => {
    const path = controlSocketPath(folder)
    await expect(callControl(path, 'echo')).rejects.toMatchObject({ code: 'NOT_RUNNING' })
    const socket = await serveControl(path, { echo: (params) => params, fail: () => Promise.reject(new Error('odd')) })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await callControl(path, 'echo', { a: 1 })).toEqual({ a: 1 })
    await expect(callControl(path, 'fail')).rejects.toMatchObject({ code: 'INTERNAL' })
    await expect(callControl(path, 'toString')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(callControl(path, 'echo', 'x'.repeat(70_000))).rejects.toMatchObject({ code: 'TOO_LARGE' })
    await socket.close()
    await expect(callControl(path, 'echo')).rejects.toMatchObject({ code: 'NOT_RUNNING' })
  })

  it('finds a shorter place when the state folder has a long path', async () => {
    const path = controlSocketPath(join(folder, 'x'.repeat(120)))
    const socket = await serveControl(path, { ping: () => 'pong' })
    expect(await callControl(path, 'ping')).toBe('pong')
    await socket.close()
  })
})

describe('httpListen', () => {
  it('names a port that is in use', async () => {
    const first = createServer()
    const { port } = await httpListen(first, '127.0.0.1', 0)
    await expect(httpListen(createServer(), '127.0.0.1', port)).rejects.toMatchObject({ code: 'PORT_IN_USE' })
    await expect(httpListen(createServer(), '203.0.113.7', 0)).rejects.toMatchObject({ code: 'ADDRESS_UNAVAILABLE' })
    first.close()
  })
})

describe('runDaemon', () => {
  const daemon = `void host.runDaemon({ name: 'test', start: async () => { process.send('ready'); return { stop: async () => { console.log('stopped') } } } })`

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('stops in order on %s', async (signal) => {
    const child = await run(daemon)
    let output = ''
    child.stdout?.on('data', (chunk) => {
      output += String(chunk)
    })
    child.kill(signal)
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(output).toBe('stopped\n')
  })

  it('stops when the process that started it is gone', async () => {
    const child = await run(daemon)
    child.disconnect()
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('reports a failed start as one line with a code', async () => {
    const child = await run(
      `process.send('ready'); void host.runDaemon({ name: 'test', start: async () => { await host.openStateDirectory('/proc/wrale'); throw 1 } })`,
    )
    let output = ''
    child.stderr?.on('data', (chunk) => {
      output += String(chunk)
    })
    expect(await once(child, 'close')).toEqual([77, null])
    expect(output).toMatch(/^test: STATE_DIR_FORBIDDEN: [^\n]+\n$/)
  })
})

it('states the version that the packages have', async () => {
  const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  expect(softwareVersion).toBe(manifest.version)
})
