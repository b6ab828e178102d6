import { serveMessagePort } from '@wrale/brain'
import { createFleetClient, messagePortTransport } from '@wrale/client'
import type { FleetError } from '@wrale/kernel'
import { MessageChannel } from 'node:worker_threads'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { LocalStation } from '../testing/local-station.ts'

const station = new LocalStation()
beforeAll(() => station.start())
afterAll(() => station.remove())

it('a window of the desktop speaks to the same brain over a message port', async () => {
  const { port1, port2 } = new MessageChannel()
  const { serve, desktopSession } = station.station
  const end = serveMessagePort(port2, serve, { session: desktopSession() }, () => undefined)
  const transport = messagePortTransport(port1)
  const client = createFleetClient(transport)
  expect(await client.session.get()).toMatchObject({ kind: 'desktop' })
  for await (const event of await client.fleet.watch()) {
    expect(event).toMatchObject({ type: 'snapshot', fleet: { name: 'Test' }, nodes: [] })
    break
  }
  const waiting = client.fleet.watch().then((stream) => Array.fromAsync(stream))
  await client.fleet.get()
  end()
  await expect(waiting).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  transport.close()
})

it('a port that carries garbage is closed, and its owner is told', async () => {
  const { port1, port2 } = new MessageChannel()
  const { promise: fault, resolve } = Promise.withResolvers<FleetError>()
  const { serve, desktopSession } = station.station
  serveMessagePort(port2, serve, { session: desktopSession() }, resolve)
  const closed = new Promise((done) => port1.on('close', () => done('closed')))
  port1.postMessage('garbage')
  expect(await fault).toMatchObject({ code: 'FRAME_INVALID' })
  expect(await closed).toBe('closed')
})
