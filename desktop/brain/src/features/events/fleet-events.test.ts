import { Emitter } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import type { PeerIdText } from '@wrale/protocol'
import type { Fleet, FleetEvent, Node } from '@wrale/protocol/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { idOf } from '../../testing/ids.ts'
import { FleetEvents } from './fleet-events.ts'

describe('FleetEvents', () => {
  let clock: VirtualClock
  let changed: Emitter<readonly PeerIdText[]>
  let link: Emitter<unknown>
  let revision: Emitter<void>
  let events: FleetEvents
  const ended = (): AbortController => new AbortController()
  let present: Set<PeerIdText>
  const nodeOf = (id: PeerIdText): Node => ({ id, name: `node-${id.slice(-2)}` }) as Node
  const node = (id: PeerIdText): Node | undefined => (present.has(id) ? nodeOf(id) : undefined)

  beforeEach(async () => {
    clock = new VirtualClock()
    changed = new Emitter()
    present = new Set(Array.from({ length: 64 }, (_, index) => idOf(index)))
    link = new Emitter()
    revision = new Emitter()
    events = new FleetEvents(
      {
        inventory: { changed, nodes: () => [nodeOf(idOf(1))], node },
        link: { changed: link },
        revision: { changed: revision },
        fleet: () => ({}) as Fleet,
        clock,
      },
      { maxWatchers: 3, maxQueued: 2 },
    )
    await events.start()
  })

  afterEach(() => events.stop())

  /** Reads a stream as a fast watcher does. */
  const follow = (stream: AsyncGenerator<FleetEvent, void>): FleetEvent[] => {
    const seen: FleetEvent[] = []
    void (async () => {
      for await (const event of stream) seen.push(event)
    })()
    return seen
  }
  /** Lets watchers come to the point at which they wait. */
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  const idsOf = (event: FleetEvent | undefined): PeerIdText[] | undefined =>
    event?.type === 'changed' ? event.nodes.map(({ id }) => id) : undefined

  it('begins with a snapshot and makes one event of a burst', async () => {
    const seen = follow(events.watch(ended().signal))
    await settle()
    for (let number = 1; number <= 50; number++) changed.emit([idOf(number % 5)])
    await clock.advance(100)
    expect(seen.map(({ type }) => type)).toEqual(['snapshot', 'changed'])
    expect(idsOf(seen[1])).toHaveLength(5)
  })

  it('says that a node is gone', async () => {
    present.delete(idOf(1))
    const seen = follow(events.watch(ended().signal))
    await settle()
    changed.emit([idOf(1), idOf(2)])
    await clock.advance(100)
    expect(seen[1]).toMatchObject({ type: 'changed', nodes: [{ id: idOf(2) }], removed: [idOf(1)] })
  })

  it('tells a single change at once, and changes that follow at most every 100 ms', async () => {
    const seen = follow(events.watch(ended().signal))
    await settle()
    await clock.advance(1000)
    changed.emit([idOf(1)])
    await clock.advance(1)
    expect(seen).toHaveLength(2)
    for (let step = 0; step < 100; step++) {
      changed.emit([idOf(2)])
      await clock.advance(10)
    }
    expect(seen.length).toBeGreaterThan(10)
    expect(seen.length).toBeLessThanOrEqual(13)
  })

  it('gives a watcher that was too slow a snapshot in place of what it missed', async () => {
    const stream = events.watch(ended().signal)
    expect((await stream.next()).value).toMatchObject({ type: 'snapshot' })
    for (let number = 0; number < 10; number++) {
      changed.emit([idOf(number)])
      await clock.advance(100)
    }
    expect((await stream.next()).value).toMatchObject({ type: 'snapshot' })
    changed.emit([idOf(1)])
    await clock.advance(100)
    expect(idsOf((await stream.next()).value ?? undefined)).toEqual([idOf(1)])
    await stream.return()
  })

  it('says that it is alive while nothing changes', async () => {
    const seen = follow(events.watch(ended().signal))
    await settle()
    await clock.advance(10_000)
    expect(seen.map(({ type }) => type)).toEqual(['snapshot', 'alive', 'alive', 'alive'])
  })

  it('tells when the station’s own link changes', async () => {
    const seen = follow(events.watch(ended().signal))
    await settle()
    link.emit('down')
    await clock.advance(100)
    expect(idsOf(seen[1])).toEqual([])
  })

  it('refuses a watcher too many and has room again when one leaves', async () => {
    const first = ended()
    for (const signal of [first.signal, ended().signal, ended().signal]) follow(events.watch(signal))
    await settle()
    await expect(events.watch(ended().signal).next()).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    first.abort()
    await settle()
    expect(events.watcherCount).toBe(2)
  })

  it('ends every stream when it stops', async () => {
    const stream = events.watch(ended().signal)
    await stream.next()
    const next = stream.next()
    await events.stop()
    expect(await next).toEqual({ done: true, value: undefined })
    expect(events.watcherCount).toBe(0)
  })
})
