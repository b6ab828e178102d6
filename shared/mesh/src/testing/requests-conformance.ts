import { FleetError } from '@wrale/kernel'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type AnswerOptions, type CallOptions, Requests } from '../requests.ts'
import type { TransportHarness } from '../transport/testing/conformance.ts'
import type { Link, Transport } from '../transport/transport.ts'

const protocol = '/test/double/1'
const request = z.object({ n: z.number() })

/** Requests work like this on every transport. */
export function requestsConformance(name: string, harnessOf: () => Promise<TransportHarness>): void {
  describe(`requests: ${name}`, () => {
    let harness: TransportHarness
    let asker: Transport
    let answerer: Transport
    let offences: string[]

    beforeEach(async () => {
      harness = await harnessOf()
      ;[asker, answerer] = [await harness.make(), await harness.make()]
      offences = []
    })

    afterEach(async () => {
      await harness.run(Promise.all([asker.stop(), answerer.stop()]))
    })

    function requests(transport: Transport): Requests {
      const conduct = {
        offence: (_peer: string, kind: string, { code }: FleetError) => offences.push(`${kind} ${code}`),
      }
      return new Requests({ transport, clock: harness.clock, conduct })
    }

    async function linked(options: Partial<AnswerOptions<typeof request>> = {}): Promise<Link> {
      requests(answerer).answer(protocol, { request, handler: async ({ n }) => 2 * n, ...options })
      await Promise.all([asker.start(), answerer.start()])
      const target = { peer: answerer.self, addresses: answerer.addresses() }
      return harness.run(asker.dial(target, new AbortController().signal))
    }

    function call(link: Link, body: unknown, options: Partial<CallOptions<z.ZodNumber>> = {}): Promise<number> {
      return harness.run(requests(asker).call(link, protocol, body, { answer: z.number(), ...options }))
    }

    test('are answered, many at once', async () => {
      const link = await linked({ maxPerPeer: 10 })
      const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => call(link, { n })))
      expect(answers).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18])
    })

    test('tell who asks', async () => {
      const link = await linked({ handler: async (_request, { id }) => (id === asker.self ? 1 : 0) })
      expect(await call(link, { n: 1 })).toBe(1)
    })

    test.each([
      ['with a code of its own', new FleetError('NOT_FOUND', 'no such thing'), 'NOT_FOUND', 'no such thing'],
      ['without telling what went wrong inside', new TypeError('secret'), 'INTERNAL', 'the other side failed'],
    ] as const)('are refused %s', async (_case, error, code, message) => {
      const link = await linked({ handler: () => Promise.reject(error) })
      await expect(call(link, { n: 1 })).rejects.toMatchObject({ code, message })
      expect(offences).toEqual([])
    })

    test('that are malformed are refused, and held against who asked', async () => {
      const link = await linked()
      await expect(call(link, { n: 'one' })).rejects.toMatchObject({ code: 'FRAME_INVALID' })
      expect(offences).toEqual(['request-rejected FRAME_INVALID'])
      expect(await call(link, { n: 1 })).toBe(2)
    })

    test('that are too long are not sent, nor read', async () => {
      const link = await linked({ maxBytes: 100 })
      const long = { n: 1, more: new Uint8Array(150) }
      await expect(call(link, long, { maxBytes: 100 })).rejects.toMatchObject({ code: 'TOO_LARGE' })
      await expect(call(link, long)).rejects.toThrow(FleetError)
      expect(offences).toEqual(['request-rejected FRAME_TOO_LARGE'])
    })

    test('do not trust the answer', async () => {
      const link = await linked({ handler: async () => 'two' })
      await expect(call(link, { n: 1 })).rejects.toMatchObject({ code: 'FRAME_INVALID' })
    })

    test('that nobody knows are refused', async () => {
      const link = await linked()
      const unknown = requests(asker).call(link, '/test/unknown/1', {}, { answer: z.number() })
      await expect(harness.run(unknown)).rejects.toMatchObject({ code: 'PROTOCOL_MISMATCH' })
    })

    test('end with the asker’s deadline, and whoever answers learns so', async () => {
      const given = Promise.withResolvers<boolean>()
      const link = await linked({
        handler: (_request, _link, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              given.resolve(true)
              reject(signal.reason as Error)
            })
          }),
      })
      await expect(call(link, { n: 1 }, { deadlineMs: 50 })).rejects.toMatchObject({ code: 'TIMEOUT' })
      expect(await harness.run(given.promise)).toBe(true)
    })

    test('end when they are given up', async () => {
      const begun = Promise.withResolvers<void>()
      const given = Promise.withResolvers<boolean>()
      const link = await linked({
        handler: (_request, _link, signal) => {
          signal.addEventListener('abort', () => given.resolve(true))
          begun.resolve()
          return given.promise
        },
      })
      const giveUp = new AbortController()
      const calling = call(link, { n: 1 }, { signal: giveUp.signal }).catch((error: unknown) => error)
      await harness.run(begun.promise)
      giveUp.abort(new FleetError('ABORTED', 'changed my mind'))
      expect(await calling).toMatchObject({ code: 'ABORTED', message: 'changed my mind' })
      expect(await harness.run(given.promise)).toBe(true)
    })

    test('end with the answerer’s deadline', async () => {
      const link = await linked({ handler: () => new Promise(() => undefined), deadlineMs: 50 })
      await expect(call(link, { n: 1 })).rejects.toMatchObject({ code: 'TIMEOUT' })
    })

    test('end when the link does', async () => {
      const begun = Promise.withResolvers<void>()
      const link = await linked({
        handler: () => {
          begun.resolve()
          return new Promise(() => undefined)
        },
      })
      const calling = call(link, { n: 1 }).catch((error: unknown) => error)
      await harness.run(begun.promise)
      link.close(new FleetError('ABORTED', 'enough'))
      expect(await calling).toMatchObject({ code: 'UNAVAILABLE' })
    })

    test('are refused when there are too many at once', async () => {
      const go = Promise.withResolvers<number>()
      const link = await linked({ handler: () => go.promise, maxAtOnce: 1 })
      const first = call(link, { n: 1 })
      await harness.pass(50)
      await expect(call(link, { n: 2 })).rejects.toMatchObject({ code: 'RATE_LIMITED' })
      go.resolve(7)
      expect(await first).toBe(7)
    })
  })
}
