import { createSocket } from 'node:dgram'
import { type LogFields, silentLogger, systemClock } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { afterEach, expect, test } from 'vitest'
import { Multicast, type MulticastOptions } from './multicast.ts'

const started: Multicast[] = []
const loopback = '127.0.0.1'

async function start(multicast: Multicast): Promise<Multicast> {
  started.push(multicast)
  await multicast.start()
  return multicast
}

function options(port: number, onPacket: MulticastOptions['onPacket'] = () => undefined): MulticastOptions {
  return { group: '239.255.77.77', port, onPacket, onInterfaces: () => undefined }
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((multicast) => multicast.stop()))
})

test('what one sends on an interface, all on this machine hear, itself included', async () => {
  const heard = ['a', 'b'].map(() => Promise.withResolvers<string>())
  const [a] = await Promise.all(
    heard.map(({ resolve }) =>
      start(
        new Multicast(
          systemClock,
          silentLogger,
          options(25_353, (bytes, from) => resolve(`${new TextDecoder().decode(bytes)} from ${from}`)),
        ),
      ),
    ),
  )
  const on = a?.interfaces().find(({ address }) => address === loopback)
  expect(on).toEqual({ address: loopback, netmask: '255.0.0.0' })
  a?.send(new TextEncoder().encode('hello'), on!)
  expect(await Promise.all(heard.map(({ promise }) => promise))).toEqual([
    `hello from ${loopback}`,
    `hello from ${loopback}`,
  ])
})

test('a port that another program keeps for itself is told once, and used when it is free', async () => {
  const occupant = createSocket('udp4')
  const { promise: bound, resolve } = Promise.withResolvers<void>()
  occupant.bind({ port: 25_354, exclusive: true }, resolve)
  await bound
  const warnings: LogFields[] = []
  const logger = { ...silentLogger, warn: (_message: string, fields: LogFields = {}) => void warnings.push(fields) }
  const clock = new VirtualClock()
  const back = Promise.withResolvers<void>()
  const multicast = await start(new Multicast(clock, logger, { ...options(25_354), onInterfaces: back.resolve }))
  expect(multicast.interfaces()).toEqual([])
  // Nothing comes of sending, and nothing goes wrong.
  multicast.send(new Uint8Array([1]), { address: loopback, netmask: '255.0.0.0' })
  await clock.advance(3000)
  await new Promise((wait) => setTimeout(wait, 50))
  await new Promise<void>((closed) => void occupant.close(closed))
  for (let round = 0; round < 3; round++) {
    await clock.advance(3000)
    await new Promise((wait) => setTimeout(wait, 50))
  }
  await back.promise
  expect(multicast.interfaces().map(({ address }) => address)).toContain(loopback)
  expect(warnings).toMatchObject([{ about: 'socket', error: { code: 'EADDRINUSE' } }])
})

test('an interface that is not there loses the packet, and is told once', async () => {
  const warnings: LogFields[] = []
  const logger = { ...silentLogger, warn: (_message: string, fields: LogFields = {}) => void warnings.push(fields) }
  const multicast = await start(new Multicast(systemClock, logger, options(25_355)))
  for (let n = 0; n < 3; n++) multicast.send(new Uint8Array([n]), { address: '203.0.113.7', netmask: '255.255.255.0' })
  await multicast.stop()
  expect(warnings).toMatchObject([{ about: '203.0.113.7' }])
})
