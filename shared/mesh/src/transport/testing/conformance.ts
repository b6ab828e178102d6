import { type Clock, FleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import type { FrameStream, Link, ProtocolHandler, Transport } from '../transport.ts'

export interface TransportOptions {
  /** Members of different fleets do not let each other in. Default the same for all. */
  readonly fleet?: 'other'
  readonly name?: string
  readonly maxLinks?: number
}

/** What an adapter brings to the suite. */
export interface TransportHarness {
  /** By which the transports live. */
  readonly clock: Clock
  /** A transport of a member that none had before, not started. */
  make(options?: TransportOptions): Promise<Transport>
  /** Lets time pass until the promise settles. */
  run<T>(promise: Promise<T>): Promise<T>
  /** Lets time pass. */
  pass(ms: number): Promise<void>
  /** An address at which nothing listens. */
  readonly nowhere: string
}

const protocol = '/test/1'
const maxBytes = 1000
const never = new AbortController().signal

/** Every transport keeps to this. */
export function transportConformance(name: string, harnessOf: () => Promise<TransportHarness>): void {
  let harness: TransportHarness
  const started: Transport[] = []

  async function member(
    options: TransportOptions & {
      readonly serve?: ProtocolHandler['serve']
      readonly maxStreams?: number
      readonly refusal?: Parameters<Transport['guard']>[0]
    } = {},
  ): Promise<Transport> {
    const { serve, maxStreams = 4, refusal } = options
    const transport = await harness.make(options)
    if (refusal !== undefined) transport.guard(refusal)
    if (serve !== undefined) transport.handle(protocol, { maxBytes, maxStreams, serve })
    started.push(transport)
    await transport.start()
    return transport
  }

  function dial(from: Transport, to: Transport, peer: PeerIdText | undefined = to.self): Promise<Link> {
    return harness.run(from.dial({ peer, addresses: to.addresses() }, never))
  }

  function open(
    link: Link,
    options: { name?: string; bytes?: number; signal?: AbortSignal } = {},
  ): Promise<FrameStream> {
    const { bytes = maxBytes, signal = never } = options
    return harness.run(link.open(options.name ?? protocol, { maxBytes: bytes, signal }))
  }

  /** Resolves with the next value that fits. */
  function next<T>(
    signal: { subscribe(listener: (value: T) => void): () => void },
    fits: (value: T) => boolean = () => true,
  ): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<T>()
    const unsubscribe = signal.subscribe((value) => {
      if (!fits(value)) return
      unsubscribe()
      resolve(value)
    })
    return promise
  }

  const echo: ProtocolHandler['serve'] = async (stream) => {
    for (;;) {
      const value = await stream.read(z.unknown()).catch(() => undefined)
      if (value === undefined) return
      await stream.write(value)
    }
  }

  describe(`a transport: ${name}`, () => {
    beforeEach(async () => {
      harness = await harnessOf()
    })

    afterEach(async () => {
      await harness.run(Promise.all(started.splice(0).map((transport) => transport.stop())))
    })

    describe('links', () => {
      test('open at both sides, and say who is there', async () => {
        const [a, b] = [await member({ name: 'a' }), await member({ name: 'b' })]
        const told = next(b.opened)
        const here = next(a.opened)
        const link = await dial(a, b)
        expect(link).toMatchObject({ id: b.self, role: 'node', name: 'b', outbound: true })
        expect(await harness.run(told)).toMatchObject({ id: a.self, role: 'node', name: 'a', outbound: false })
        expect(await harness.run(here)).toBe(link)
        expect(a.links()).toEqual([link])
        expect(a.link(b.self)).toBe(link)
        expect(b.link(a.self)?.listen.length).toBeGreaterThan(0)
        expect(Math.abs(link.clockErrorMs)).toBeLessThan(1000)
        expect(link.certificate.subject).toBe(b.self)
      })

      test('an address says where the other side listens', async () => {
        const [a, b] = [await member(), await member()]
        await dial(a, b)
        const back = b.link(a.self)
        const addresses = back?.listen ?? []
        const lost = next(b.closed)
        back?.close(new FleetError('ABORTED', 'enough'))
        await harness.run(lost)
        if (a.links().length > 0) await harness.run(next(a.closed))
        const again = await harness.run(b.dial({ peer: a.self, addresses }, never))
        expect(again.outbound).toBe(true)
      })

      test('are there once, however often they are dialled', async () => {
        const [a, b] = [await member(), await member()]
        const first = await dial(a, b)
        expect(await dial(a, b)).toBe(first)
        const [c, d] = [await member(), await member()]
        const both = await Promise.all([dial(c, d), dial(c, d)])
        expect(both[0]).toBe(both[1])
      })

      test('stay one when both sides dial at once', async () => {
        const [a, b] = [await member({ serve: echo }), await member({ serve: echo })]
        await harness.run(
          Promise.allSettled([
            a.dial({ peer: b.self, addresses: b.addresses() }, never),
            b.dial({ peer: a.self, addresses: a.addresses() }, never),
          ]),
        )
        await harness.pass(300)
        expect([a.links().length, b.links().length]).toEqual([1, 1])
        expect(a.links()[0]?.outbound).not.toBe(b.links()[0]?.outbound)
        for (const transport of [a, b]) {
          const [link] = transport.links()
          if (link === undefined) throw new Error('there is no link')
          const stream = await open(link)
          await stream.write('still there')
          expect(await harness.run(stream.read(z.string()))).toBe('still there')
        }
      })

      test('close at both sides; here at once', async () => {
        const [a, b] = [await member(), await member()]
        const link = await dial(a, b)
        if (b.links().length === 0) await harness.run(next(b.opened))
        const far = b.links()[0]
        const lost: Link[] = []
        a.closed.subscribe((one) => lost.push(one))
        const told = next(b.closed)
        link.close(new FleetError('ABORTED', 'enough'))
        expect([lost, a.links()]).toEqual([[link], []])
        expect(await harness.run(told)).toBe(far)
        expect(b.links()).toEqual([])
        link.close(new FleetError('ABORTED', 'again'))
        await expect(open(link)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
        expect(lost).toHaveLength(1)
        expect(await dial(a, b)).not.toBe(link)
      })

      test('what was written before the close arrives', async () => {
        const heard = Promise.withResolvers<unknown>()
        const a = await member()
        const b = await member({ serve: async (stream) => heard.resolve(await stream.read(z.unknown())) })
        const link = await dial(a, b)
        const stream = await open(link)
        await stream.write('last words')
        link.close(new FleetError('ABORTED', 'enough'))
        expect(await harness.run(heard.promise)).toBe('last words')
      })

      test('end when one side stops, with all that was under way on them', async () => {
        const aborted = Promise.withResolvers<unknown>()
        const b = await member({
          serve: async (stream, _link, signal) => {
            signal.addEventListener('abort', () => aborted.resolve(signal.reason))
            await stream.read(z.unknown())
          },
        })
        const a = await member()
        const link = await dial(a, b)
        const stream = await open(link)
        const reading = stream.read(z.unknown()).catch((error: unknown) => error)
        const lost = next(a.closed)
        const stopped = next(b.closed)
        await harness.run(b.stop())
        expect(await harness.run(lost)).toBe(link)
        expect(await harness.run(aborted.promise)).toBeInstanceOf(FleetError)
        await harness.run(stopped)
        expect(await harness.run(reading)).toMatchObject({ code: 'UNAVAILABLE' })
        expect([b.links(), b.addresses()]).toEqual([[], []])
        await harness.run(b.stop())
        await b.start()
        await b.start()
        expect(await dial(a, b)).toMatchObject({ id: b.self })
      })
    })

    describe('dialling fails', () => {
      test.each<[string, () => Promise<unknown>, string]>([
        [
          'where nothing listens',
          async () => (await member()).dial({ peer: undefined, addresses: [harness.nowhere] }, never),
          'UNAVAILABLE',
        ],
        [
          'without an address',
          async () => {
            const [a, b] = [await member(), await member()]
            return a.dial({ peer: b.self, addresses: [] }, never)
          },
          'UNAVAILABLE',
        ],
        [
          'where another member answers',
          async () => {
            const [a, b, c] = [await member(), await member(), await member()]
            return a.dial({ peer: c.self, addresses: b.addresses().map((one) => one.split('/p2p/')[0] ?? one) }, never)
          },
          'UNAVAILABLE',
        ],
        [
          'at its own address',
          async () => {
            const a = await member()
            return a.dial({ peer: undefined, addresses: a.addresses() }, never)
          },
          'UNAVAILABLE',
        ],
        [
          'where a member of another fleet answers',
          async () => {
            const [a, b] = [await member(), await member({ fleet: 'other' })]
            return a.dial({ peer: b.self, addresses: b.addresses() }, never)
          },
          'NOT_MEMBER',
        ],
        [
          'where there is no room',
          async () => {
            const [a, b, c] = [await member(), await member({ maxLinks: 1 }), await member()]
            await dial(a, b)
            return c.dial({ peer: b.self, addresses: b.addresses() }, never)
          },
          'RATE_LIMITED',
        ],
      ])('%s', async (_case, attempt, code) => {
        await expect(harness.run(attempt())).rejects.toMatchObject({ code })
        for (const transport of started)
          expect(transport.links().filter(({ outbound }) => outbound).length).toBeLessThan(2)
      })

      test('to and from a member that the guard refuses', async () => {
        const refused = new Set<PeerIdText>()
        const refusal = (peer: PeerIdText): FleetError | undefined =>
          refused.has(peer) ? new FleetError('FORBIDDEN', 'not this one') : undefined
        const [a, b] = [await member({ refusal }), await member()]
        refused.add(b.self)
        await expect(dial(a, b)).rejects.toMatchObject({ code: 'FORBIDDEN' })
        await expect(dial(b, a)).rejects.toThrow(FleetError)
        await harness.pass(50)
        expect([a.links(), b.links()]).toEqual([[], []])
        refused.clear()
        expect(await dial(b, a)).toMatchObject({ id: a.self })
      })

      test('when it is given up', async () => {
        const [a, b] = [await member(), await member()]
        const giveUp = new AbortController()
        const dialling = a.dial({ peer: b.self, addresses: b.addresses() }, giveUp.signal)
        giveUp.abort(new FleetError('ABORTED', 'changed my mind'))
        await expect(harness.run(dialling)).rejects.toMatchObject({ code: 'ABORTED' })
        await expect(a.dial({ peer: b.self, addresses: b.addresses() }, giveUp.signal)).rejects.toMatchObject({
          code: 'ABORTED',
        })
      })
    })

    describe('streams', () => {
      test('carry frames both ways, in order', async () => {
        const [a, b] = [await member(), await member({ serve: echo })]
        const stream = await open(await dial(a, b))
        const values = Array.from({ length: 100 }, (_, n) => ({ n, bytes: new Uint8Array(n) }))
        const writing = (async () => {
          for (const value of values) await stream.write(value)
          await stream.close()
        })()
        for (const value of values) expect(await harness.run(stream.read(z.unknown()))).toEqual(value)
        await harness.run(writing)
        await expect(harness.run(stream.read(z.unknown()))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
      })

      test('are opened by the side that was dialled, too', async () => {
        const a = await member({ serve: echo })
        const b = await member()
        const link = next(b.opened)
        await dial(a, b)
        const stream = await open(await harness.run(link))
        await stream.write([1, 2])
        expect(await harness.run(stream.read(z.array(z.number())))).toEqual([1, 2])
      })

      test('refuse frames that are too long, in both directions', async () => {
        const seen = Promise.withResolvers<unknown>()
        const b = await member({
          serve: async (stream) => {
            await stream.read(z.unknown()).catch(seen.resolve)
          },
        })
        const a = await member()
        const stream = await open(await dial(a, b), { bytes: 2 * maxBytes })
        await expect(stream.write(new Uint8Array(2 * maxBytes))).rejects.toMatchObject({ code: 'TOO_LARGE' })
        await stream.write(new Uint8Array(1.5 * maxBytes))
        expect(await harness.run(seen.promise)).toMatchObject({ code: 'FRAME_TOO_LARGE' })
      })

      test('refuse frames of another shape, and go on', async () => {
        const [a, b] = [await member(), await member({ serve: echo })]
        const stream = await open(await dial(a, b))
        await stream.write('text')
        await expect(harness.run(stream.read(z.number()))).rejects.toMatchObject({ code: 'FRAME_INVALID' })
        await stream.write(7)
        expect(await harness.run(stream.read(z.number()))).toBe(7)
      })

      test('are not opened for a protocol that is not spoken', async () => {
        const [a, b] = [await member(), await member({ serve: echo })]
        const link = await dial(a, b)
        await expect(open(link, { name: '/other/1' })).rejects.toMatchObject({ code: 'PROTOCOL_MISMATCH' })
        await expect(open(link)).resolves.toBeDefined()
      })

      test('are refused above their number, and let in when others have ended', async () => {
        const [a, b] = [await member(), await member({ serve: echo, maxStreams: 2 })]
        const link = await dial(a, b)
        const held = [await open(link), await open(link)]
        for (const stream of held) {
          await stream.write('here')
          expect(await harness.run(stream.read(z.string()))).toBe('here')
        }
        const refused = (async () => {
          const stream = await open(link)
          await stream.write('too many')
          return stream.read(z.unknown())
        })()
        await expect(harness.run(refused)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
        await held[0]?.close()
        await expect(harness.run(held[0]?.read(z.unknown()) ?? Promise.resolve())).rejects.toThrow(FleetError)
        await harness.pass(50)
        const third = await open(link)
        await third.write('again')
        expect(await harness.run(third.read(z.string()))).toBe('again')
      })

      test('end for both sides when one aborts', async () => {
        const seen = Promise.withResolvers<unknown>()
        const b = await member({
          serve: async (stream) => {
            await stream.read(z.unknown())
            await stream.read(z.unknown()).catch(seen.resolve)
          },
        })
        const a = await member()
        const stream = await open(await dial(a, b))
        await stream.write('hello')
        const reading = stream.read(z.unknown())
        stream.abort(new FleetError('CONFLICT', 'my reason'))
        await expect(harness.run(reading)).rejects.toMatchObject({ code: 'CONFLICT', message: 'my reason' })
        await expect(stream.write(1)).rejects.toMatchObject({ code: 'CONFLICT' })
        expect(await harness.run(seen.promise)).toMatchObject({ code: 'UNAVAILABLE' })
        await stream.close()
        expect(a.links()).toHaveLength(1)
      })

      test('end with the reason of their signal', async () => {
        const [a, b] = [await member(), await member({ serve: echo })]
        const link = await dial(a, b)
        const deadline = new AbortController()
        const stream = await open(link, { signal: deadline.signal })
        const reading = stream.read(z.unknown())
        deadline.abort(new FleetError('TIMEOUT', 'too slow'))
        await expect(harness.run(reading)).rejects.toMatchObject({ code: 'TIMEOUT', message: 'too slow' })
        await expect(open(link, { signal: deadline.signal })).rejects.toMatchObject({ code: 'TIMEOUT' })
        expect(a.links()).toHaveLength(1)
      })

      test('end when their handler is through, and break when it fails', async () => {
        const b = await member({
          serve: async (stream) => {
            const wish = await stream.read(z.string())
            if (wish === 'fail') throw new FleetError('INTERNAL', 'as you wish')
            await stream.write('done')
          },
        })
        const a = await member()
        const link = await dial(a, b)
        const good = await open(link)
        await good.write('work')
        expect(await harness.run(good.read(z.string()))).toBe('done')
        await expect(harness.run(good.read(z.string()))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
        const bad = await open(link)
        await bad.write('fail')
        await expect(harness.run(bad.read(z.string()))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
        expect(a.links()).toEqual([link])
      })

      test('let a writer wait for a reader that does not read', async () => {
        const go = Promise.withResolvers<void>()
        const all = Promise.withResolvers<number>()
        const count = 20_000
        const b = await member({
          serve: async (stream) => {
            await go.promise
            let bytes = 0
            for (let n = 0; n < count; n++) bytes += (await stream.read(z.instanceof(Uint8Array))).byteLength
            all.resolve(bytes)
          },
        })
        const a = await member()
        const stream = await open(await dial(a, b))
        let written = 0
        const writing = (async () => {
          for (; written < count; written++) await stream.write(new Uint8Array(900))
        })()
        await harness.pass(500)
        // A few windows and buffers of the machine, but not everything.
        expect(written).toBeLessThan(count)
        go.resolve()
        await harness.run(writing)
        expect(await harness.run(all.promise)).toBe(count * 900)
      })
    })
  })
}
