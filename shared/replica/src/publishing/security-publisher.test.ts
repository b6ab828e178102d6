import { Emitter, type Signal, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import type { PeerIdText } from '@wrale/protocol'
import { type EventBody, eventBodySchema } from '@wrale/protocol/records'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SecurityPublisher, type SecurityPublisherDeps } from './security-publisher.ts'

type Incident = SecurityPublisherDeps['incidents'] extends Signal<infer T> ? T : never

const peer = '12D3KooWCb216C7A3UfkKjkdqT7VGFQfjbbH6CzhTXMi3WbrHsGd' as PeerIdText
const incident: Incident = {
  peer,
  kind: 'hello-refused',
  code: 'NOT_MEMBER',
  message: 'the certificate is of another fleet',
}

describe('security events', () => {
  let clock: VirtualClock
  let incidents: Emitter<Incident>
  let written: EventBody[]
  let events: SecurityPublisher

  beforeEach(async () => {
    clock = new VirtualClock()
    incidents = new Emitter()
    written = []
    const write = async (body: EventBody): Promise<void> => void written.push(eventBodySchema.parse(body))
    events = new SecurityPublisher({ incidents, clock, logger: silentLogger, write })
    await events.start()
  })

  afterEach(() => events.stop())

  it('tells the first at once, with who it was', () => {
    incidents.emit(incident)
    expect(written).toEqual([
      {
        name: 'security.hello-refused',
        severity: 'warning',
        message: 'Refused …brHsGd: the certificate is of another fleet',
        data: { code: 'NOT_MEMBER', count: 1, peers: 1, about: peer },
      },
    ])
  })

  it('leaves room for other events while somebody tries all day, under a name of its own each time', async () => {
    for (let minute = 0; minute < 24 * 60; minute++) {
      const other = `${peer.slice(0, -4)}${String(1111 + (minute % 8889)).replaceAll('0', 'z')}` as typeof peer
      incidents.emit({ ...incident, peer: other })
      await clock.advance(60_000)
    }
    expect(written.length).toBeLessThanOrEqual(7 * 25)
    expect(written.length).toBeGreaterThan(24)
    const counted = written.reduce((sum, { data }) => sum + Number(data?.['count']), 0)
    expect(counted).toBeGreaterThan(24 * 60 - 120)
    expect(written.at(-1)?.message).toMatch(/\(\d+ times by \d+ peers\)$/)
  })

  it('makes a valid event of whatever a peer sends', () => {
    incidents.emit({ peer: null, kind: 'Gossip rejected/x', code: 'FRAME_INVALID', message: '…'.repeat(5000) })
    expect(written[0]?.name).toBe('security.gossip-rejected-x')
  })

  it('listens no more after it was stopped', async () => {
    await events.stop()
    incidents.emit(incident)
    expect(written).toEqual([])
    expect(incidents.listenerCount).toBe(0)
  })
})
