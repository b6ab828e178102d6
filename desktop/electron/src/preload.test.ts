import { EventEmitter } from 'node:events'
import { afterEach, expect, it, vi } from 'vitest'

const electron = vi.hoisted(() => ({ ipcRenderer: undefined as EventEmitter | undefined }))
vi.mock('electron', () => electron)

afterEach(() => vi.unstubAllGlobals())

it('gives the page the port that the shell sends, listens to one channel, and exposes nothing', async () => {
  const ipcRenderer = (electron.ipcRenderer = new EventEmitter())
  const posted: unknown[][] = []
  const window = { postMessage: (...message: unknown[]) => void posted.push(message) }
  vi.stubGlobal('window', window)
  const globalsBefore = Object.getOwnPropertyNames(globalThis)
  await import('./preload.ts')

  expect(ipcRenderer.eventNames()).toEqual(['wrale:port'])
  ipcRenderer.emit('wrale:port', { ports: ['port'] }, 'anything else')
  ipcRenderer.emit('wrale:port', { ports: [] })
  ipcRenderer.emit('wrale:port', { ports: ['one', 'two'] })
  expect(posted).toEqual([['wrale:port', 'wrale://app', ['port']]])
  expect(Object.getOwnPropertyNames(window)).toEqual(['postMessage'])
  expect(Object.getOwnPropertyNames(globalThis)).toEqual(globalsBefore)
})
