import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { expect, it } from 'vitest'
import { StorageWatch } from './storage-watch.ts'

it('sees whether its folder can be written, and stops looking when it is stopped', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wrale-watch-'))
  const file = join(folder, 'key')
  writeFileSync(file, 'key')
  const deps = { folder, file, clock: new VirtualClock(), logger: silentLogger }
  const watch = new StorageWatch(deps, { everyMs: 1000 })
  await watch.start()
  await watch.start()
  expect(watch.problem).toBeUndefined()
  await watch.stop()
  const full = new StorageWatch(deps, { leastFreeBytes: 2 ** 60 })
  await full.start()
  expect(full.problem?.code).toBe('STORAGE_FULL')
  await full.stop()
  rmSync(folder, { recursive: true })
  const gone = new StorageWatch(deps)
  await gone.start()
  expect(gone.problem?.code).toBe('STATE_DIR_FORBIDDEN')
  await gone.stop()
})
