import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { EventEmitter } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Logger, silentLogger, systemClock } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { type NodeConfig, nodeConfigSchema } from './schema.ts'
import { describe, expect, it } from 'vitest'
import { changedPaths, restartPaths } from './diff.ts'
import { loadConfig } from './load.ts'
import { ConfigError } from './problems.ts'
import { type ConfigChange, ConfigWatcher } from './watcher.ts'

const config = (value: unknown): NodeConfig => nodeConfigSchema.parse(value)

describe('what changed', () => {
  it('is named by path; lists are one setting', () => {
    const before = config({ name: 'a', peers: ['/ip4/192.0.2.1/tcp/1'] })
    const after = config({ telemetry: { sampleIntervalMs: 500 }, simulation: { seed: 3 } })
    expect(changedPaths(before, before)).toEqual([])
    const changed = changedPaths(before, after)
    expect(changed).toEqual(['name', 'peers', 'simulation.seed', 'telemetry.sampleIntervalMs'])
    expect(restartPaths(changed)).toEqual(['name', 'peers', 'simulation.seed'])
  })
})

function setUp() {
  const clock = new VirtualClock()
  const signals = new EventEmitter()
  const errors: string[] = []
  const logger: Logger = { ...silentLogger, error: (message) => errors.push(message) }
  const folders = new Map<string, () => void>()
  const changes: ConfigChange[] = []
  const world = { loads: 0, next: (): NodeConfig => config({}) }
  const watcher = new ConfigWatcher(
    {
      clock,
      logger,
      signals,
      load: async () => {
        world.loads++
        return { config: world.next(), file: null, files: [] }
      },
      watchFolder: (folder, changed) => {
        folders.set(folder, changed)
        return () => folders.delete(folder)
      },
    },
    { initial: config({}), file: '/etc/wrale/edge.yaml', quietMs: 500, longestMs: 2000 },
  )
  watcher.changed.subscribe((change) => changes.push(change))
  return { watcher, clock, signals, errors, folders, changes, world }
}

describe('ConfigWatcher', () => {
  it('watches both folders, and reads once when changes have ended', async () => {
    const { watcher, clock, folders, changes, world } = setUp()
    await watcher.start()
    expect([...folders.keys()]).toEqual(['/etc/wrale', '/etc/wrale/conf.d'])
    world.next = () => config({ name: 'b', telemetry: { sampleIntervalMs: 500 } })
    for (const changed of folders.values()) changed()
    await clock.advance(400)
    folders.get('/etc/wrale/conf.d')?.()
    await clock.advance(499)
    expect(world.loads).toBe(0)
    await clock.advance(1)
    expect(world.loads).toBe(1)
    expect(changes).toMatchObject([{ changed: ['name', 'telemetry.sampleIntervalMs'], needsRestart: ['name'] }])
    await watcher.stop()
    expect(folders.size).toBe(0)
  })

  it('does not wait for ever for changes to end', async () => {
    const { watcher, clock, folders, world } = setUp()
    await watcher.start()
    for (let change = 0; change < 9; change++) {
      folders.get('/etc/wrale')?.()
      await clock.advance(250)
    }
    expect(world.loads).toBe(1)
    await watcher.stop()
  })

  it('reads at once on SIGHUP, until it is stopped', async () => {
    const { watcher, signals, world, changes } = setUp()
    await watcher.start()
    await watcher.start()
    expect(signals.listenerCount('SIGHUP')).toBe(1)
    signals.emit('SIGHUP')
    await watcher.reload()
    expect(world.loads).toBe(2)
    expect(changes).toEqual([])
    await watcher.stop()
    expect(signals.listenerCount('SIGHUP')).toBe(0)
  })

  it('keeps the last good configuration, and says once what is wrong with another', async () => {
    const { watcher, errors, changes, world } = setUp()
    await watcher.start()
    world.next = () => config({ name: 'good' })
    await watcher.reload()
    world.next = () => {
      throw new ConfigError([{ file: 'edge.yaml', path: 'name', message: 'no' }])
    }
    await watcher.reload()
    await watcher.reload()
    expect(errors).toHaveLength(1)
    expect(watcher.problem?.code).toBe('CONFIG_INVALID')
    expect(watcher.current.name).toBe('good')
    world.next = () => config({})
    await watcher.reload()
    expect(watcher.problem).toBeUndefined()
    expect(changes.map(({ changed, needsRestart }) => [changed, needsRestart])).toEqual([
      [['name'], ['name']],
      // Back to what the daemon runs with: nothing is left to restart for.
      [['name'], []],
    ])
    await watcher.stop()
  })

  it('notices real files, a folder that comes later among them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wrale-watch-'))
    const file = join(folder, 'edge.yaml')
    writeFileSync(file, 'name: a\n')
    const initial = (await loadConfig(file)).config
    const watcher = new ConfigWatcher(
      { load: () => loadConfig(file), clock: systemClock, logger: silentLogger, signals: new EventEmitter() },
      { initial, file, quietMs: 5 },
    )
    const next = (): Promise<ConfigChange> =>
      new Promise((resolve) => {
        const end = watcher.changed.subscribe((change) => {
          end()
          resolve(change)
        })
      })
    await watcher.start()
    const first = next()
    writeFileSync(file, 'name: b\n')
    await first
    const second = next()
    mkdirSync(join(folder, 'conf.d'))
    writeFileSync(join(folder, 'conf.d/1.yaml'), 'name: c\n')
    expect((await second).config.name).toBe('c')
    const third = next()
    writeFileSync(join(folder, 'conf.d/1.yaml'), 'name: d\n')
    expect((await third).config.name).toBe('d')
    await watcher.stop()
    rmSync(folder, { recursive: true })
  })
})
