import { type Clock, type Logger, type Startable, toFleetError } from '@wrale/kernel'
import type { EventBody, FieldValue } from '@wrale/protocol/records'
import type { LastGasp } from '../../features/safety/base/action.ts'
import type { Decision } from '../../features/safety/base/decision.ts'

/** Decisions that are kept to be shown. */
const maxKept = 64
/** Events that wait until the node is in a fleet. */
const maxWaiting = 64
/** Events in a row, and how long one more takes, ms: a sensor that flaps must neither fill the fleet's log nor wear out the card. */
const burst = 30
const refillMs = 10_000

/** States that nobody needs to be told of when they are the first. */
const calm = new Set([
  'normal',
  'mains',
  'clear',
  'dry',
  'writable',
  'enough',
  'within',
  'none',
  'works',
  'usual',
  'curve',
  'all sensors trusted',
])
const grave = new Set(['critical', 'alarm', 'locked', 'stopMost', 'shutdown', 'read-only', 'full'])

export type WriteEvent = (body: EventBody) => Promise<void>

/** Keeps what the safety policies decided, and tells the fleet of it as soon as there is one. */
export class DecisionLog {
  readonly #deps: { readonly clock: Clock; readonly logger: Logger }
  readonly #kept: Decision[] = []
  readonly #last = new Map<string, Decision>()
  readonly #waiting: EventBody[] = []
  #write: WriteEvent | undefined
  #left = burst
  #refilledMs: number
  #untold = 0

  constructor(deps: { readonly clock: Clock; readonly logger: Logger }) {
    this.#deps = deps
    this.#refilledMs = deps.clock.monotonicMs()
  }

  /** The newest first. */
  get kept(): readonly Decision[] {
    return this.#kept.toReversed()
  }

  lastOf(policy: string): Decision | undefined {
    return this.#last.get(policy)
  }

  /** Where events go while it is started: what waited goes first. */
  to(write: WriteEvent): Startable {
    return {
      start: async () => {
        this.#write = write
        for (const body of this.#waiting.splice(0)) this.#send(body)
      },
      stop: async () => {
        this.#write = undefined
      },
    }
  }

  note(made: Decision): void {
    this.#kept.push(made)
    if (this.#kept.length > maxKept) this.#kept.shift()
    this.#last.set(made.policy, made)
    const body = eventOf(made)
    if (body === undefined) return
    if (body.severity !== 'critical' && !this.#take()) {
      // It is in the node's own journal all the same.
      this.#untold++
      return
    }
    const untold = this.#untold
    this.#untold = 0
    this.#send(untold === 0 ? body : { ...body, data: { ...body.data, untold } })
  }

  /** Something else that the fleet is to know, in its turn. */
  tell(body: EventBody): void {
    this.#send(body)
  }

  /** The last word before something ends the machine: it waits for nothing. */
  async lastGasp({ code, reason }: LastGasp): Promise<void> {
    const body = { name: 'safety.last-gasp', severity: 'critical', message: reason, data: { code } } as const
    if (this.#write === undefined) this.#wait(body)
    else await this.#write(body)
  }

  #send(body: EventBody): void {
    if (this.#write === undefined) return this.#wait(body)
    this.#write(body).catch((thrown: unknown) => {
      const { code, message } = toFleetError(thrown)
      this.#deps.logger.error('a safety decision could not be recorded', { name: body.name, code, message })
    })
  }

  #wait(body: EventBody): void {
    this.#waiting.push(body)
    if (this.#waiting.length > maxWaiting) this.#waiting.shift()
  }

  #take(): boolean {
    const nowMs = this.#deps.clock.monotonicMs()
    const gained = Math.floor((nowMs - this.#refilledMs) / refillMs)
    if (gained > 0) {
      this.#left = Math.min(burst, this.#left + gained)
      this.#refilledMs += gained * refillMs
    }
    if (this.#left === 0) return false
    this.#left--
    return true
  }
}

/** The event that tells of a decision; undefined for one that says that all is well from the beginning. */
export function eventOf({ policy, from, to, reason, code, causes }: Decision): EventBody | undefined {
  const isCalm = calm.has(to)
  if (isCalm && (from === 'unknown' || from === 'start')) return undefined
  const data: Record<string, FieldValue> = { policy, from, to }
  for (const { name, value, unit, limit } of causes)
    data[name.slice(0, 64)] = { value, unit, ...(limit === undefined ? {} : { limit }) }
  return {
    name: `safety.${policy}.${code}`
      .toLowerCase()
      .replaceAll(/[^a-z0-9.-]/g, '-')
      .slice(0, 64),
    severity: grave.has(to) && from !== to ? 'critical' : isCalm ? 'info' : 'warning',
    message: reason,
    data,
  }
}
