import { VirtualClock } from '@wrale/kernel/testing'
import { Emitter, silentLogger } from '@wrale/kernel'
import type { MessagePortMain } from 'electron'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FakeContents } from '../testing/fake-contents.ts'
import { NodeChannel } from '../testing/node-port.ts'
import { handPortOver } from './port-handover.ts'
import type { StationState } from './supervisor.ts'
import { WindowLink } from './window-link.ts'

function setUp() {
  const clock = new VirtualClock()
  const contents = new FakeContents()
  const changed = new Emitter<StationState>()
  const disconnected = new Emitter<number>()
  const handed: { link: number; port: MessagePortMain }[] = []
  const station = {
    state: { phase: 'starting' } as StationState,
    changed,
    disconnected,
    connect: (link: number, port: MessagePortMain): boolean => handed.push({ link, port }) > 0,
  }
  const become = (state: StationState): void => {
    station.state = state
    changed.emit(state)
  }
  const link = new WindowLink({ station, contents, newChannel: () => new NodeChannel(), clock, logger: silentLogger })
  return { clock, contents, become, disconnected, handed, link }
}

describe('the link between the page and the station', () => {
  it('is made when both are there, whichever comes first', () => {
    for (const order of ['page', 'station'] as const) {
      const { contents, become, handed } = setUp()
      if (order === 'page') contents.load('wrale://app/')
      else become({ phase: 'running' })
      expect(contents.sent).toEqual([])
      if (order === 'page') become({ phase: 'running' })
      else contents.load('wrale://app/')
      expect(contents.sent).toHaveLength(1)
      expect(contents.sent[0]).toMatchObject({ channel: 'wrale:port', message: null, ports: [expect.anything()] })
      expect(handed).toHaveLength(1)
    }
  })

  it('joins the two ends of one channel', async () => {
    const { contents, become, handed } = setUp()
    contents.load('wrale://app/')
    become({ phase: 'running' })
    const [page] = contents.sent[0]!.ports
    const { port } = handed[0]!
    const arrived = new Promise((resolve) => page!.on('message', ({ data }) => resolve(data)))
    page!.start()
    port.postMessage('hello')
    expect(await arrived).toBe('hello')
    port.close()
  })

  it('is made anew for a page that was loaded again and for a station that was started again', () => {
    const { contents, become, handed } = setUp()
    become({ phase: 'running' })
    contents.load('wrale://app/')
    contents.load('wrale://app/nodes')
    become({ phase: 'starting' })
    become({ phase: 'running' })
    expect(handed.map(({ link }) => link)).toEqual([1, 2, 3])
    expect(contents.sent).toHaveLength(3)
  })

  it('is made anew, after a pause, for a page that gave up its port', async () => {
    const { clock, contents, become, disconnected, handed } = setUp()
    become({ phase: 'running' })
    contents.load('wrale://app/')
    disconnected.emit(1)
    expect(handed).toHaveLength(1)
    await clock.advance(500)
    expect(handed).toHaveLength(2)
  })

  it('does not answer to the end of an older link', async () => {
    const { clock, contents, become, disconnected, handed } = setUp()
    become({ phase: 'running' })
    contents.load('wrale://app/')
    contents.load('wrale://app/')
    disconnected.emit(1)
    await clock.advance(10_000)
    expect(handed).toHaveLength(2)
  })

  it.each(['https://evil.example/', 'wrale://app/~failure', 'about:blank'])('is never made for %s', (url) => {
    const { contents, become, handed } = setUp()
    become({ phase: 'running' })
    contents.load(url)
    expect(contents.sent).toEqual([])
    expect(handed).toEqual([])
  })

  it('is not made while the page is going elsewhere, is gone or was closed', async () => {
    const gone: ((contents: FakeContents, link: WindowLink) => void)[] = [
      (contents) => contents.leave(),
      (contents) => contents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 }),
      (contents) => void (contents.destroyed = true),
      (_contents, link) => link.close(),
    ]
    for (const go of gone) {
      const { clock, contents, become, disconnected, handed, link } = setUp()
      become({ phase: 'running' })
      contents.load('wrale://app/')
      go(contents, link)
      become({ phase: 'running' })
      disconnected.emit(1)
      await clock.advance(10_000)
      expect(handed).toHaveLength(1)
    }
  })

  it('survives a move inside the page', async () => {
    const { clock, contents, become, disconnected, handed } = setUp()
    become({ phase: 'running' })
    contents.load('wrale://app/')
    contents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true })
    contents.emit('did-start-navigation', { isMainFrame: false, isSameDocument: false })
    disconnected.emit(1)
    await clock.advance(500)
    expect(handed).toHaveLength(2)
  })
})

describe('the hand-over in the preload script', () => {
  it('passes exactly one port on, to our origin only', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 4 }), (ports) => {
        const posted: unknown[][] = []
        handPortOver(ports, { postMessage: (...message) => void posted.push(message) })
        expect(posted).toEqual(ports.length === 1 ? [['wrale:port', 'wrale://app', ports]] : [])
      }),
    )
  })
})
