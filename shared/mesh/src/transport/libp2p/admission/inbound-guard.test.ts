import { multiaddr } from '@multiformats/multiaddr'
import { silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { Incidents } from '../../../incidents.ts'
import { InboundGuard } from './inbound-guard.ts'

let clock: VirtualClock
let guard: InboundGuard
let kinds: string[]
beforeEach(() => {
  clock = new VirtualClock()
  const incidents = new Incidents(silentLogger, clock)
  kinds = []
  incidents.reported.subscribe(({ kind }) => kinds.push(kind))
  guard = new InboundGuard({ clock, incidents })
})

function connection(host: string, port: number) {
  return Object.assign(new EventTarget(), { remoteAddr: multiaddr(`/ip4/${host}/tcp/${port}`) })
}

describe('InboundGuard', () => {
  it('lets a host have so many on their way, and others none the fewer', () => {
    const waiting = Array.from({ length: 32 }, (_, port) => connection('192.0.2.1', 1000 + port))
    expect(waiting.map((one) => guard.denies(one))).not.toContain(true)
    expect(guard.denies(connection('192.0.2.1', 2000))).toBe(true)
    expect(guard.denies(connection('192.0.2.2', 2000))).toBe(false)
    expect(kinds).toEqual(['connection-flood'])
    waiting[0]?.dispatchEvent(new Event('close'))
    expect(guard.denies(connection('192.0.2.1', 2001))).toBe(false)
    guard.opened(waiting[1]!)
    expect(guard.denies(connection('192.0.2.1', 2002))).toBe(false)
    expect(guard.denies(connection('192.0.2.1', 2003))).toBe(true)
  })

  it('lets a host come so often', async () => {
    let denied = 0
    for (let port = 1; port <= 100; port++) {
      const one = connection('192.0.2.1', port)
      if (guard.denies(one)) denied += 1
      one.dispatchEvent(new Event('close'))
    }
    expect(denied).toBe(36)
    await clock.advance(1000)
    expect(guard.denies(connection('192.0.2.1', 101))).toBe(false)
  })
})
