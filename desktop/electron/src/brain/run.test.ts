import { EventEmitter, once } from 'node:events'
import { FleetError } from '@wrale/kernel'
import { describe, expect, it } from 'vitest'
import type { FromStation } from '../station/messages.ts'
import type { StationFlags } from '../station/flags.ts'
import { NodeChannel, type NodePort } from '../testing/node-port.ts'
import { RecordingLogger } from '../testing/recording-logger.ts'
import { type HostedStation, type ParentLink, runBrainHost } from './run.ts'

class FakeParent extends EventEmitter implements ParentLink {
  readonly heard: FromStation[] = []
  postMessage(message: FromStation): void {
    this.heard.push(message)
    this.emit(message.type)
  }
  say(data: unknown, ports: NodePort[] = []): void {
    this.emit('message', { data, ports })
  }
}

class FakeStation implements HostedStation {
  readonly served: { readonly port: unknown; readonly onEnded: () => void; closed: boolean }[] = []
  stopped = 0
  serve: HostedStation['serve'] = (port, onEnded) => {
    const entry = { port, onEnded, closed: false }
    this.served.push(entry)
    return () => void (entry.closed = true)
  }
  async stop(): Promise<void> {
    this.stopped += 1
  }
}

function setUp(args: string[] = [], start?: (flags: StationFlags) => Promise<HostedStation>) {
  const parent = new FakeParent()
  const station = new FakeStation()
  const logger = new RecordingLogger()
  const ready = once(parent, 'ready')
  const ended = runBrainHost({ parent, startStation: start ?? (async () => station), logger }, args)
  return { parent, station, logger, ready, ended }
}

const newPort = (): NodePort => new NodeChannel().port1 as unknown as NodePort

describe('the process of the station', () => {
  it('serves one port at a time and stops when told', async () => {
    const { parent, station, ready, ended } = setUp()
    await ready
    const [first, second] = [newPort(), newPort()]
    parent.say({ type: 'connect', link: 1 }, [first])
    parent.say({ type: 'connect', link: 2 }, [second])
    expect(station.served.map(({ port, closed }) => [port === first, closed])).toEqual([
      [true, true],
      [false, false],
    ])
    station.served[1]?.onEnded()
    expect(parent.heard).toEqual([{ type: 'ready' }, { type: 'disconnected', link: 2 }])
    parent.say({ type: 'stop' })
    expect(await ended).toBe(0)
    expect(station.stopped).toBe(1)
    expect(station.served[1]?.closed).toBe(true)
    first.close()
    second.close()
  })

  it('gives the station the flags', async () => {
    let given: StationFlags | undefined
    const { parent, ended, ready } = setUp(
      ['--state-dir', '/x', '--peer=/ip4/10.0.0.1/tcp/1', '--no-mdns'],
      async (flags) => {
        given = flags
        return new FakeStation()
      },
    )
    await ready
    parent.say({ type: 'stop' })
    await ended
    expect(given).toEqual({ stateDir: '/x', listen: [], peers: ['/ip4/10.0.0.1/tcp/1'], mdns: false })
  })

  it('says why it ends, with the code and its exit status', async () => {
    const inUse = setUp([], () => Promise.reject(new FleetError('STATE_DIR_IN_USE', 'in use')))
    expect(await inUse.ended).toBe(73)
    expect(inUse.parent.heard).toEqual([{ type: 'failed', code: 'STATE_DIR_IN_USE', message: 'in use' }])

    const usage = setUp(['--nonsense'])
    expect(await usage.ended).toBe(2)
    expect(usage.parent.heard).toMatchObject([{ type: 'failed', code: 'USAGE' }])

    const defect = setUp([], () => Promise.reject(new Error('x'.repeat(5000))))
    expect(await defect.ended).toBe(70)
    expect(defect.parent.heard).toEqual([{ type: 'failed', code: 'INTERNAL', message: 'x'.repeat(2000) }])
  })

  it('stops also when it was told to before it had started', async () => {
    const starting = Promise.withResolvers<HostedStation>()
    const { parent, ended } = setUp([], () => starting.promise)
    parent.say({ type: 'stop' })
    const station = new FakeStation()
    starting.resolve(station)
    expect(await ended).toBe(0)
    expect(station.stopped).toBe(1)
  })

  it('refuses what is not of the protocol and closes ports that it does not take', async () => {
    const { parent, station, logger, ready, ended } = setUp()
    const early = newPort()
    const earlyClosed = once(early.port, 'close')
    parent.say({ type: 'connect', link: 1 }, [early])
    await earlyClosed
    await ready
    const [one, two] = [newPort(), newPort()]
    const closed = Promise.all([once(one.port, 'close'), once(two.port, 'close')])
    parent.say({ type: 'connect', link: 1 }, [one, two])
    parent.say({ type: 'connect', link: 1 }, [])
    for (const garbage of [null, 'stop', { type: 'connect' }, { type: 'eval', code: '1' }, { type: 'stop', now: true }])
      parent.say(garbage)
    await closed
    expect(station.served).toEqual([])
    expect(logger.lines).toHaveLength(8)
    parent.say({ type: 'stop' })
    expect(await ended).toBe(0)
  })
})
