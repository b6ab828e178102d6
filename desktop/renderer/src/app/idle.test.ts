import { VirtualClock } from '@wrale/kernel/testing'
import { describe, expect, test } from 'vitest'
import { type IdlePage, whenIdle } from './idle.ts'

/** Timers of a window, on a clock that the test moves. */
function timers(clock: VirtualClock): Pick<IdlePage, 'setTimeout' | 'clearTimeout'> {
  const cancels: (() => void)[] = []
  return {
    setTimeout: ((run: () => void, ms: number) => cancels.push(clock.schedule(ms, run))) as Window['setTimeout'],
    clearTimeout: (id) => cancels[(id ?? 0) - 1]?.(),
  }
}

/** A window whose idle moments the test chooses. */
function idlePage(clock: VirtualClock) {
  const waiting = new Map<number, { readonly run: IdleRequestCallback; readonly timeoutMs: number | undefined }>()
  let last = 0
  const page: IdlePage = {
    ...timers(clock),
    requestIdleCallback(run, options) {
      last += 1
      waiting.set(last, { run, timeoutMs: options?.timeout })
      return last
    },
    cancelIdleCallback: (id) => void waiting.delete(id),
  }
  return { page, waiting }
}

describe('what is done when the page is idle', () => {
  test('waits until the browser says so, and has a limit', async () => {
    const clock = new VirtualClock()
    const { page, waiting } = idlePage(clock)
    let done = 0
    whenIdle(page, () => (done += 1), { timeoutMs: 3000, blindWaitMs: 500 })
    await clock.advance(10_000)
    expect(done).toBe(0)
    expect([...waiting.values()].map(({ timeoutMs }) => timeoutMs)).toEqual([3000])
    for (const { run } of waiting.values()) run({ didTimeout: false, timeRemaining: () => 10 })
    expect(done).toBe(1)
    expect(clock.pending, 'no timer beside it').toBe(0)
  })

  test('is done after a moment where the browser cannot tell', async () => {
    const clock = new VirtualClock()
    let done = 0
    whenIdle(timers(clock), () => (done += 1), { blindWaitMs: 500 })
    await clock.advance(499)
    expect(done).toBe(0)
    await clock.advance(1)
    expect(done).toBe(1)
    await clock.advance(10_000)
    expect(done, 'once').toBe(1)
  })

  test('is not done any more once it is forgotten, in either kind of browser', async () => {
    const clock = new VirtualClock()
    const { page, waiting } = idlePage(clock)
    let done = 0
    for (const one of [page, timers(clock)]) whenIdle(one, () => (done += 1))()
    expect([waiting.size, clock.pending]).toEqual([0, 0])
    await clock.advance(10_000)
    expect(done).toBe(0)
  })
})
