import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { composeStation, type Station } from '@wrale/brain'
import { createFleetClient, messagePortTransport } from '@wrale/client'
import { silentLogger } from '@wrale/kernel'
import type { FleetEvent } from '@wrale/protocol/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NodeChannel, nodePortOf } from '../testing/node-port.ts'
import { servePort } from './serve-port.ts'

let folder: string
let station: Station

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wrale-port-'))
  station = await composeStation(
    { stateDirectory: folder, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false },
    { logger: silentLogger },
  )
})
afterAll(async () => {
  await station.stop()
  await rm(folder, { recursive: true })
})

/** A page's client and the station at the two ends of a real channel. */
function linked() {
  const { port1, port2 } = new NodeChannel()
  const page = nodePortOf(port2)
  const ended = Promise.withResolvers<void>()
  let endings = 0
  const onEnded = (): void => {
    endings += 1
    ended.resolve()
  }
  const context = { session: station.desktopSession() }
  const close = servePort(port1, { serve: station.serve, context, logger: silentLogger, onEnded })
  const transport = messagePortTransport(page)
  return { page, client: createFleetClient(transport), transport, close, ended: ended.promise, endings: () => endings }
}

const watchers = (): number => Number(/^wrale_\w*watchers\w* (\d+)$/m.exec(station.metrics())?.[1])

async function watchersBecome(count: number): Promise<void> {
  const deadline = AbortSignal.timeout(5000)
  while (watchers() !== count) {
    deadline.throwIfAborted()
    await delay(5)
  }
}

describe('a port that is served', () => {
  it('carries calls, their failures with codes, and who the caller is', async () => {
    const { client, transport, ended } = linked()
    expect(await client.session.get()).toMatchObject({ kind: 'desktop', expiresAt: null })
    expect((await client.fleet.get()).station.id).toBe(station.id)
    await expect(client.nodes.get({ id: station.id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(client.nodes.get({ id: 'nonsense' })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    })
    const token = await client.joinTokens.create({ name: 'roof' })
    expect((await client.joinTokens.list()).items.map(({ id }) => id)).toContain(token.id)
    transport.close()
    await ended
  })

  it('streams, and frees the stream when the page stops listening', async () => {
    const { client, transport, ended } = linked()
    const controller = new AbortController()
    const stream = await client.fleet.watch(undefined, { signal: controller.signal })
    const first = await stream.next()
    expect((first.value as FleetEvent | undefined)?.type).toBe('snapshot')
    await watchersBecome(1)
    controller.abort()
    await watchersBecome(0)
    expect((await client.session.get()).kind).toBe('desktop')
    transport.close()
    await ended
  })

  it('gives up everything under way when the page goes away', async () => {
    const { page, client, ended, endings } = linked()
    const streams = await Promise.all(Array.from({ length: 8 }, () => client.fleet.watch()))
    await Promise.all(streams.map((stream) => stream.next()))
    await watchersBecome(8)
    page.close()
    await ended
    await watchersBecome(0)
    expect(endings()).toBe(1)
  })

  it('tells the page when the station closes it, and itself nothing', async () => {
    const { page, client, close, endings } = linked()
    const stream = await client.fleet.watch()
    await stream.next()
    const closed = once(page, 'close')
    close()
    await closed
    await watchersBecome(0)
    await expect(stream.next()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(endings()).toBe(0)
  })

  it.each([
    ['text that is no JSON', '{'],
    ['JSON that is no call', '{"i":"1"}'],
    ['a call to another host', '{"i":"1","p":{"u":"https://evil.example/"}}'],
    ['nothing', null],
    ['an object', { i: '1', p: { u: '/fleet/get' } }],
    ['bytes', new Uint8Array([123, 125])],
    ['a text without measure', 'x'.repeat(2_000_000)],
  ])('is closed by %s, while the station goes on', async (_what, garbage) => {
    const bad = linked()
    const good = linked()
    const closed = once(bad.page, 'close')
    bad.page.postMessage(garbage)
    await Promise.all([closed, bad.ended])
    expect(bad.endings()).toBe(1)
    expect((await good.client.session.get()).kind).toBe('desktop')
    good.transport.close()
    await good.ended
  })

  it('is closed by far too many calls at once', async () => {
    const { page, ended, endings } = linked()
    for (let n = 0; n < 200; n++) page.postMessage(JSON.stringify({ i: String(n), p: { u: '/fleet/watch' } }))
    await ended
    await watchersBecome(0)
    expect(endings()).toBe(1)
  })
})
