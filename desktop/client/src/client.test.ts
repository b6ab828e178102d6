import { RPCHandler } from '@orpc/server/message-port'
import { FleetError } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { peerIdSchema } from '@wrale/protocol'
import { MessageChannel } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { createFleetClient } from './client.ts'
import { failureOf } from './testing/failure.ts'
import { emptyFleet, fakeStation } from './testing/fake-station.ts'
import { inMemoryTransport } from './testing/in-memory.ts'
import { messagePortTransport } from './transports/message-port.ts'

const someId = peerIdSchema.parse(emptyFleet.station.id)

describe('a call', () => {
  it('gives the answer of the contract', async () => {
    const client = createFleetClient(inMemoryTransport(fakeStation().router, {}))
    expect(await client.fleet.get()).toEqual(emptyFleet)
  })

  it('rejects with the code that the station gave', async () => {
    const client = createFleetClient(inMemoryTransport(fakeStation().router, {}))
    await expect(client.nodes.get({ id: someId })).rejects.toMatchObject({ name: 'FleetError', code: 'NOT_FOUND' })
    const invalid = client.nodes.get({ id: 'no id' })
    await expect(invalid).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    await expect(client.nodes.metrics({ id: someId })).rejects.toMatchObject({ code: 'INTERNAL' })
  })

  it('gives up when the answer does not come in time', async () => {
    const clock = new VirtualClock()
    const transport = inMemoryTransport(fakeStation().router, {}, { clock, silenceMs: 60_000 })
    const client = createFleetClient(transport, { clock, callTimeoutMs: 3000 })
    const call = failureOf(client.nodes.list())
    await clock.advance(3001)
    expect(await call).toMatchObject({ code: 'TIMEOUT' })
  })

  it('is given up when its signal aborts', async () => {
    const client = createFleetClient(inMemoryTransport(fakeStation().router, {}))
    const controller = new AbortController()
    const call = failureOf(client.nodes.list(undefined, { signal: controller.signal }))
    controller.abort()
    expect(await call).toMatchObject({ code: 'ABORTED' })
  })

  it('fails when the connection breaks, and the next one opens a new connection', async () => {
    const transport = inMemoryTransport(fakeStation().router, {})
    const client = createFleetClient(transport)
    const waiting = failureOf(client.nodes.list())
    await client.fleet.get()
    transport.cut()
    expect(await waiting).toMatchObject({ code: 'UNAVAILABLE', message: 'the connection was cut' })
    expect(await client.fleet.get()).toEqual(emptyFleet)
    expect(transport.opened).toBe(2)
  })

  it('fails with the reason for which no connection opens', async () => {
    const transport = inMemoryTransport(fakeStation().router, {})
    transport.refuseWith(new FleetError('UNAUTHENTICATED', 'sign in first'))
    const client = createFleetClient(transport)
    await expect(client.fleet.get()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it('fails with ABORTED once the client is closed', async () => {
    const transport = inMemoryTransport(fakeStation().router, {})
    const client = createFleetClient(transport)
    await client.fleet.get()
    transport.close()
    await expect(client.fleet.get()).rejects.toMatchObject({ code: 'ABORTED' })
  })

  it('finds a silent station dead and says so', async () => {
    const clock = new VirtualClock()
    const transport = inMemoryTransport(fakeStation().router, {}, { clock, silenceMs: 8000 })
    const client = createFleetClient(transport, { clock, callTimeoutMs: 60_000 })
    await client.fleet.get()
    transport.freeze()
    const call = failureOf(client.fleet.get())
    await clock.advance(10_001)
    expect(await call).toMatchObject({ code: 'UNAVAILABLE', message: /silent/ })
  })
})

describe('a message port', () => {
  it('carries calls and streams to a brain on the other side', async () => {
    const { port1, port2 } = new MessageChannel()
    const station = fakeStation()
    new RPCHandler(station.router).upgrade(port2)
    port2.start()
    const transport = messagePortTransport(port1)
    const client = createFleetClient(transport)
    expect(await client.fleet.get()).toEqual(emptyFleet)
    const names: string[] = []
    for await (const event of await client.fleet.watch()) {
      if (event.type === 'alive') continue
      names.push(event.fleet.name)
      if (names.length === 1) station.emit(station.changed('renamed'))
      else break
    }
    expect(names).toEqual(['Test fleet', 'renamed'])
    transport.close()
    port2.close()
  })

  it('asks for a new port when the brain was replaced', async () => {
    const others: Array<{ close(): void }> = []
    const transport = messagePortTransport(async () => {
      const { port1, port2 } = new MessageChannel()
      new RPCHandler(fakeStation().router).upgrade(port2)
      port2.start()
      others.push(port2)
      return port1
    })
    const client = createFleetClient(transport)
    await client.fleet.get()
    const lost = failureOf(client.nodes.list())
    await client.fleet.get()
    others[0]?.close()
    expect(await lost).toMatchObject({ code: 'UNAVAILABLE' })
    expect(await client.fleet.get()).toEqual(emptyFleet)
    expect(others).toHaveLength(2)
    transport.close()
  })

  it('ends the connection over a message that cannot be read', async () => {
    const { port1, port2 } = new MessageChannel()
    const client = createFleetClient(messagePortTransport(port1))
    port2.on('message', () => port2.postMessage('{"i":'))
    await expect(client.fleet.get()).rejects.toMatchObject({ code: 'PROTOCOL_MISMATCH' })
  })
})
