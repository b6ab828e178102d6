import { Emitter, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import type { PeerIdText } from '@wrale/protocol'
import type { NodeState } from '@wrale/protocol/api'
import type { EventBody } from '@wrale/protocol/records'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { idOf } from '../../testing/ids.ts'
import type { IndexedEvent } from './event-index.ts'
import { NodeEvents } from './node-events.ts'

const asEvent = (body: EventBody): IndexedEvent => ({ record: { author: idOf(99), body } }) as IndexedEvent

describe('nodes that are lost and come back', () => {
  let clock: VirtualClock
  let states: Map<PeerIdText, NodeState>
  let changed: Emitter<readonly PeerIdText[]>
  let added: Emitter<IndexedEvent>
  let past: IndexedEvent[]
  let written: EventBody[]
  let events: NodeEvents

  const make = (): NodeEvents => {
    const nodeOf = (id: PeerIdText) => {
      const state = states.get(id)
      return state === undefined ? undefined : { id, name: `n${id.slice(-2)}`, state }
    }
    return new NodeEvents({
      inventory: { changed, node: nodeOf, nodes: () => [...states.keys()].flatMap((id) => nodeOf(id) ?? []) },
      log: {
        newest: () => past.toReversed(),
        added,
        write: async (body) => {
          written.push(body)
          past.push(asEvent(body))
          added.emit(asEvent(body))
        },
      },
      clock,
      logger: silentLogger,
    })
  }
  const become = (state: NodeState, ...ids: PeerIdText[]): void => {
    for (const id of ids) states.set(id, state)
    changed.emit(ids)
  }

  beforeEach(async () => {
    clock = new VirtualClock()
    states = new Map([1, 2, 3, 4, 5, 6].map((number) => [idOf(number), 'ok']))
    changed = new Emitter()
    added = new Emitter()
    past = []
    written = []
    events = make()
    await events.start()
  })

  afterEach(() => events.stop())

  it('are recorded once each, when that has settled', async () => {
    become('lost', idOf(1))
    await clock.advance(9000)
    expect(written).toEqual([])
    await clock.advance(60_000)
    expect(written).toMatchObject([
      {
        name: 'node.lost',
        severity: 'warning',
        message: expect.stringMatching(/^n\w+ is lost$/),
        data: { about: idOf(1) },
      },
    ])
    become('warn', idOf(1))
    await clock.advance(60_000)
    expect(written.map(({ name }) => name)).toEqual(['node.lost', 'node.returned'])
  })

  it('are not recorded while they flap, or are only late', async () => {
    for (let second = 0; second < 60; second += 5) {
      become(second % 2 === 0 ? 'lost' : 'ok', idOf(1))
      await clock.advance(5000)
    }
    become('ok', idOf(1))
    become('stale', idOf(2))
    become('unknown', idOf(3))
    await clock.advance(60_000)
    expect(written).toEqual([])
  })

  it('are recorded together when many go at once', async () => {
    become('lost', ...states.keys())
    await clock.advance(20_000)
    expect(written).toHaveLength(1)
    expect(written[0]?.message).toMatch(/^6 nodes are lost: n\w+, n\w+, n\w+ and 3 more$/)
    expect(written[0]?.data?.['about']).toEqual([...states.keys()])
  })

  it('are left to the station that recorded them first', async () => {
    become('lost', idOf(1))
    await clock.advance(5000)
    added.emit(asEvent({ name: 'node.lost', severity: 'warning', message: 'x', data: { about: idOf(1) } }))
    await clock.advance(60_000)
    expect(written).toEqual([])
    become('ok', idOf(1))
    await clock.advance(60_000)
    expect(written.map(({ name }) => name)).toEqual(['node.returned'])
  })

  it('are remembered over a restart', async () => {
    become('lost', idOf(1))
    await clock.advance(20_000)
    await events.stop()
    events = make()
    await events.start()
    await clock.advance(60_000)
    expect(written).toHaveLength(1)
    become('ok', idOf(1))
    await clock.advance(20_000)
    expect(written.map(({ name }) => name)).toEqual(['node.lost', 'node.returned'])
  })

  it('are noticed when they went while no station was there', async () => {
    await events.stop()
    states.set(idOf(1), 'lost')
    events = make()
    await events.start()
    await clock.advance(20_000)
    expect(written.map(({ name }) => name)).toEqual(['node.lost'])
  })
})
