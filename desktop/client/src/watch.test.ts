import { FleetError } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFleetClient } from './client.ts'
import { fakeStation } from './testing/fake-station.ts'
import { type InMemoryTransport, inMemoryTransport } from './testing/in-memory.ts'
import { type ConnectionState, type FleetWatch, watchFleet } from './watch.ts'

const backoff = { firstMs: 1000, maxMs: 1000 }

describe('watchFleet', () => {
  let clock: VirtualClock
  let station: ReturnType<typeof fakeStation>
  let transport: InMemoryTransport
  let connections: ConnectionState[]
  let heard: string[]
  let ended: AbortController
  let watch: FleetWatch

  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))
  const states = (): string[] => connections.map(({ state }) => state)

  beforeEach(async () => {
    clock = new VirtualClock()
    station = fakeStation()
    transport = inMemoryTransport(station.router, {}, { clock, silenceMs: 8000 })
    connections = []
    heard = []
    ended = new AbortController()
    watch = watchFleet(
      createFleetClient(transport, { clock }),
      {
        onSnapshot: () => heard.push('snapshot'),
        onChange: ({ fleet }) => heard.push(fleet.name),
        onConnection: (connection) => connections.push(connection),
      },
      { signal: ended.signal, clock, backoff },
    )
    await settle()
  })

  afterEach(async () => {
    ended.abort()
    await watch.done
  })

  it('gives a snapshot, then changes in order, and keeps signs of life to itself', async () => {
    station.emit(station.changed('a'))
    station.emit(station.alive)
    station.emit(station.changed('b'))
    await settle()
    expect(heard).toEqual(['snapshot', 'a', 'b'])
    expect(states()).toEqual(['connecting', 'live'])
  })

  it('says when it tries again, and starts over with a snapshot', async () => {
    transport.cut(new FleetError('UNAVAILABLE', 'cable pulled'))
    await settle()
    const lost = connections.at(-1)
    expect(lost).toMatchObject({ state: 'reconnecting', attempt: 1, error: { message: 'cable pulled' } })
    const waitMs = (lost?.state === 'reconnecting' ? (lost.nextTryAtMs ?? 0) : 0) - clock.wallMs()
    expect(waitMs).toBeGreaterThanOrEqual(500)
    expect(waitMs).toBeLessThanOrEqual(1000)
    await clock.advance(1000)
    await settle()
    expect(states()).toEqual(['connecting', 'live', 'reconnecting', 'reconnecting', 'live'])
    expect(connections[3]).toMatchObject({ nextTryAtMs: null })
    expect(heard).toEqual(['snapshot', 'snapshot'])
  })

  it('counts failed attempts in a row and begins anew after a connection that lasted', async () => {
    transport.refuseWith(new FleetError('UNAVAILABLE', 'nobody there'))
    transport.cut()
    for (let attempt = 1; attempt <= 3; attempt++) {
      await settle()
      expect(connections.at(-1)).toMatchObject({ state: 'reconnecting', attempt })
      watch.retryNow()
    }
    await settle()
    transport.refuseWith(undefined)
    await clock.advance(1000)
    await settle()
    expect(states().at(-1)).toBe('live')
    await clock.advance(5000)
    transport.cut()
    await settle()
    expect(connections.at(-1)).toMatchObject({ state: 'reconnecting', attempt: 1, lastLiveMs: clock.wallMs() })
  })

  it('notices within ten seconds that a connection is dead although nothing closed it', async () => {
    transport.freeze()
    await clock.advance(10_000)
    await settle()
    expect(connections[2]).toMatchObject({ state: 'reconnecting', error: { code: 'UNAVAILABLE', message: /silent/ } })
  })

  it('stays live while the station only says that it is alive', async () => {
    for (let second = 0; second < 30; second += 3) {
      station.emit(station.alive)
      await settle()
      await clock.advance(3000)
    }
    expect(states()).toEqual(['connecting', 'live'])
  })

  it('rests when it is signed out, until it is told to try again', async () => {
    transport.refuseWith(new FleetError('UNAUTHENTICATED', 'sign in first'))
    transport.cut(new FleetError('UNAUTHENTICATED', 'the session is over'))
    await settle()
    expect(connections.at(-1)).toMatchObject({ state: 'signed-out', error: { code: 'UNAUTHENTICATED' } })
    await clock.advance(3_600_000)
    expect(states().at(-1)).toBe('signed-out')
    transport.refuseWith(undefined)
    watch.retryNow()
    await settle()
    expect(states().slice(-2)).toEqual(['connecting', 'live'])
  })

  it('tries at once when told to', async () => {
    transport.cut()
    await settle()
    watch.retryNow()
    await settle()
    expect(states().at(-1)).toBe('live')
    expect(clock.monotonicMs()).toBe(0)
  })

  it('ends with its signal and leaves no watcher at the station', async () => {
    ended.abort()
    await watch.done
    await settle()
    expect(station.watchers).toBe(0)
    station.emit(station.changed('late'))
    await settle()
    expect(heard).toEqual(['snapshot'])
  })
})
