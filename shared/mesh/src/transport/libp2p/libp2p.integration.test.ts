import { afterEach, expect, test } from 'vitest'
import * as z from 'zod'
import { requestsConformance } from '../../testing/requests-conformance.ts'
import { testFleet } from '../../testing/test-fleet.ts'
import { transportConformance } from '../testing/conformance.ts'
import { countingProxy } from '../testing/counting-proxy.ts'
import { libp2pHarness } from '../testing/harnesses.ts'
import { libp2pTransport } from '../testing/libp2p-transport.ts'

transportConformance('libp2p', libp2pHarness)
requestsConformance('libp2p', libp2pHarness)

const ends: Array<() => Promise<void>> = []

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

test('frames are not answered on the wire, and cost their bytes and 32 more', async () => {
  const fleet = await testFleet()
  const [a, b] = await Promise.all([libp2pTransport(fleet), libp2pTransport(fleet)])
  const count = 200
  let read = 0
  const all = Promise.withResolvers<void>()
  b.handle('/test/1', {
    maxBytes: 1000,
    maxStreams: 1,
    async serve(stream) {
      for (;;) {
        await stream.read(z.unknown())
        if (++read === count) all.resolve()
      }
    },
  })
  for (const transport of [a, b]) {
    await transport.start()
    ends.push(() => transport.stop())
  }
  const proxy = await countingProxy(b.addresses()[0] ?? '')
  ends.push(() => proxy.stop())
  const signal = AbortSignal.timeout(10_000)
  const link = await a.dial({ peer: b.self, addresses: [proxy.address] }, signal)
  const stream = await link.open('/test/1', { maxBytes: 1000, signal })
  await new Promise((resolve) => setTimeout(resolve, 200))
  const before = { ...proxy.passed }
  for (let n = 0; n < count; n++) {
    await stream.write(new Uint8Array(40))
    // Apart from each other, as members speak.
    await new Promise((resolve) => setImmediate(resolve))
  }
  await all.promise
  await new Promise((resolve) => setTimeout(resolve, 50))
  // 42 of CBOR, 1 for the length, 12 of yamux, 18 of Noise.
  expect(proxy.passed.there - before.there).toBeLessThanOrEqual(count * 74)
  expect(proxy.passed.back - before.back).toBe(0)
})
