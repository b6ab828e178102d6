import type { Connection, MessageStream } from '@libp2p/interface'
import { silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { expect, test } from 'vitest'
import { defaultTuning } from '../tuning.ts'
import { type PingingMuxer, Pulse } from './pulse.ts'

/** A connection whose other side answers pings, or not. */
function setup() {
  const clock = new VirtualClock()
  const pulse = new Pulse(clock, silentLogger, defaultTuning)
  const stream = new EventTarget()
  const streams: PingingMuxer['streams'] = []
  const state = { pings: 0, aborted: '', answers: true, rttMs: 3 }
  const heard = (): boolean => stream.dispatchEvent(new Event('message'))
  const abort = (error: Error): void => {
    state.aborted = error.message
    stream.dispatchEvent(new Event('close'))
  }
  const muxer = {
    streams,
    status: 'open',
    abort,
    ping() {
      state.pings++
      const { promise, resolve } = Promise.withResolvers<number>()
      if (state.answers) {
        clock.schedule(state.rttMs, () => {
          heard()
          resolve(0)
        })
      }
      return promise
    },
  } as unknown as PingingMuxer
  pulse
    .watching({ protocol: '/yamux/1.0.0', createStreamMuxer: () => muxer })
    .createStreamMuxer(Object.assign(stream, { abort }) as unknown as MessageStream)
  return { clock, pulse, state, heard, rttMs: () => pulse.rttMsOf({ streams } as unknown as Connection) }
}

test('measures a round trip soon', async () => {
  const { clock, pulse, rttMs } = setup()
  expect(rttMs()).toBeUndefined()
  await clock.advance(1000)
  expect(rttMs()).toBe(3)
  expect(pulse.rttMsOf({ streams: [] } as unknown as Connection)).toBeUndefined()
})

test('pings a silent connection now and then, and leaves a lively one alone', async () => {
  const { clock, state, heard } = setup()
  await clock.advance(1000)
  state.pings = 0
  await clock.advance(60_000)
  expect(state.pings).toBeGreaterThanOrEqual(5)
  expect(state.pings).toBeLessThanOrEqual(13)
  state.pings = 0
  for (let n = 0; n < 50; n++) {
    heard()
    await clock.advance(1000)
  }
  expect(state.pings).toBeLessThanOrEqual(1)
})

test('ends a connection on which nothing is heard any more, within seconds', async () => {
  const { clock, state } = setup()
  await clock.advance(10_000)
  state.answers = false
  await clock.advance(10_000 + defaultTuning.pingDeadlineMs)
  expect(state.aborted).toMatch(/silent for/)
  state.pings = 0
  await clock.advance(100_000)
  expect(state.pings).toBe(0)
})

test('bears with a peer that is too busy to answer but sends something', async () => {
  const { clock, state, heard } = setup()
  await clock.advance(10_000)
  state.answers = false
  for (let n = 0; n < 30; n++) {
    heard()
    await clock.advance(2000)
  }
  expect(state.aborted).toBe('')
  // A third longer than the usual silence at most, and then the time to answer.
  await clock.advance(2 * defaultTuning.silenceMs)
  expect(state.aborted).toMatch(/silent for/)
})
