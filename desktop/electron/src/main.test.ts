import { setImmediate as settled } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import type { TestHost } from './testing/test-host.ts'

const electron = vi.hoisted(() => ({ test: undefined as TestHost | undefined }))
vi.mock('electron', async () => {
  const { TestHost: Host } = await import('./testing/test-host.ts')
  electron.test = new Host({ packaged: true })
  return electron.test.host
})

it('is evaluated to its end before Electron is ready, because Electron waits for that', async () => {
  const { argv } = process
  process.argv = ['wrale-fleet']
  try {
    await import('./main.ts')
  } finally {
    process.argv = argv
  }
  await settled()
  expect(electron.test?.calls).toEqual(['enableSandbox', 'registerSchemes', 'whenReady'])
  expect(electron.test?.windows).toEqual([])
})
