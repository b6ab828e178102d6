import { silentLogger } from '@wrale/kernel'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket as Socket } from 'ws'
import { LocalStation } from '../testing/local-station.ts'
import { LiveConnections } from './live.ts'
import { acceptedHosts } from './origin.ts'

describe('the limits of live connections', () => {
  const station = new LocalStation()
  let server: Server
  let live: LiveConnections

  const open = async (options: { autoPong?: boolean } = {}): Promise<Socket> => {
    const { port } = server.address() as AddressInfo
    const socket = new Socket(`ws://127.0.0.1:${port}/rpc`, { headers: station.headers, ...options })
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
    return socket
  }
  const closed = (socket: Socket): Promise<number> => new Promise((resolve) => socket.on('close', resolve))
  const watchers = (): string | undefined => /^wrale_watchers (\d+)$/m.exec(station.station.metrics())?.[1]

  beforeEach(async () => {
    await station.start()
    server = createServer()
    live = new LiveConnections(
      { station: station.station, logger: silentLogger },
      { acceptedHosts: acceptedHosts('127.0.0.1'), cookieName: () => 'cookie', maxConnections: 2, pingMs: 50 },
    )
    live.attach(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })

  afterEach(async () => {
    live.close()
    await new Promise((resolve) => server.close(resolve))
    await station.remove()
  })

  it('ends a connection whose other end is dead, and keeps one that answers', async () => {
    const alive = await open()
    const dead = await open({ autoPong: false })
    dead.send('{"i":"1","p":{"u":"/fleet/watch"}}')
    await expect.poll(watchers).toBe('1')
    expect(await closed(dead)).toBe(1006)
    await expect.poll(watchers).toBe('0')
    expect(alive.readyState).toBe(Socket.OPEN)
  })

  it('refuses one connection too many, and has room again when one goes', async () => {
    const first = await open()
    await open()
    await expect(open()).rejects.toThrow('503')
    const gone = closed(first)
    first.close()
    await gone
    await expect.poll(async () => open().then(() => 'open', String)).toBe('open')
  })

  it('lets no connection stay when the station goes', async () => {
    const sockets = [await open(), await open()]
    const ends = sockets.map(closed)
    live.close()
    await Promise.all(ends)
    await expect(open()).rejects.toThrow('503')
  })
})
