import { setTimeout as delay } from 'node:timers/promises'
import { FleetError } from '@wrale/kernel'

/**
 * Asks again and again until there is an answer.
 * @param ask resolves to undefined while there is none; its errors end the wait
 * @param what for the message of the TIMEOUT error
 */
export async function waitFor<T>(
  what: string,
  { everyMs, timeoutMs, signal }: { everyMs: number; timeoutMs: number; signal: AbortSignal },
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const giveUpAt = performance.now() + timeoutMs
  for (;;) {
    signal.throwIfAborted()
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > giveUpAt) throw new FleetError('TIMEOUT', `${what} took more than ${timeoutMs / 1000} s`)
    await delay(everyMs, undefined, { signal })
  }
}
