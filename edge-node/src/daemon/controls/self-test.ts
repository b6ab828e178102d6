import { type Clock, FleetError } from '@wrale/kernel'
import type { SafetyEngine } from '../../features/safety/engine/engine.ts'
import type { SimulatedBoard } from '../../hardware/simulated/board.ts'

/** Longest that a self-test has the fan, ms; it gives it back itself long before. */
const longestMs = 20_000

/** Has the fan turn for a self-test, as an override that never slows it down. @throws FleetError CONFLICT while an operator has the fan */
export function spinFan(engine: SafetyEngine, duty: number, clock: Pick<Clock, 'monotonicMs'>): () => void {
  if (engine.state.interlocks.active.some(({ override }) => override.what.kind === 'fan'))
    throw new FleetError('CONFLICT', 'an operator has set the fan by hand')
  const who = 'self-test'
  const what = { kind: 'fan', duty: Math.max(duty, engine.effective.fanDuty) } as const
  engine.override({ who, why: 'does the fan turn', what, untilMs: clock.monotonicMs() + longestMs })
  return () => void engine.endOverride('fan', who)
}

/** The simulated processor busy, until it is called back. */
export function loadSimulated(board: SimulatedBoard): () => Promise<void> {
  board.set({ setting: 'loadRatio', value: 1 })
  return async () => board.set({ setting: 'loadRatio', value: null })
}

/** @throws the reason of the signal */
export function waitFor(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  if (signal.aborted) return Promise.reject(signal.reason as Error)
  const abort = (): void => {
    cancel()
    reject(signal.reason as Error)
  }
  const cancel = clock.schedule(ms, () => {
    signal.removeEventListener('abort', abort)
    resolve()
  })
  signal.addEventListener('abort', abort, { once: true })
  return promise
}
