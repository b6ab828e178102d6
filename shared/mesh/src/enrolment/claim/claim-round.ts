import { FleetError, toFleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { Certificate } from '@wrale/protocol/signing'
import type { PendingMachine } from './pending.ts'

/** Most machines that a code is tried at, at once and in all: one that makes machines up must not keep a station busy. */
const maxAtOnce = 8
const maxTries = 64

/** A machine's answer that says no more than that the code is another's. */
const notIts: ReadonlySet<string> = new Set(['ENROL_REFUSED', 'PROTOCOL_MISMATCH'])

/**
 * One code, tried at every machine that it may belong to, side by side, so that one that does not answer holds up none. The first
 * that takes the certificate ends it.
 */
export class ClaimRound {
  readonly outcome: Promise<Certificate>
  readonly #code: string
  readonly #attempt: (machine: PendingMachine, signal: AbortSignal) => Promise<Certificate>
  readonly #settle: PromiseWithResolvers<Certificate> = Promise.withResolvers()
  readonly #ended = new AbortController()
  readonly #tried = new Set<PeerIdText>()
  #waiting: PendingMachine[] = []
  #underWay = 0
  #complete = false
  #obstacle: FleetError | undefined

  /** @param attempt rejects with why the machine was not claimed */
  constructor(code: string, attempt: (machine: PendingMachine, signal: AbortSignal) => Promise<Certificate>) {
    this.#code = code
    this.#attempt = attempt
    this.outcome = this.#settle.promise
    // Whoever waits is told; nobody may be waiting yet.
    this.outcome.catch(() => undefined)
  }

  /** Takes a machine into the round, once, if the code may be its own. */
  try(machine: PendingMachine): void {
    const { hint } = machine.description
    const fits = hint === undefined || hint === this.#code.charAt(0)
    if (!fits || this.#tried.has(machine.id) || this.#tried.size >= maxTries) return
    this.#tried.add(machine.id)
    this.#waiting.push(machine)
    this.#work()
  }

  /** No further machine will be found: the round ends when those that are spoken to have answered. */
  noMore(): void {
    this.#complete = true
    this.#work()
  }

  end(why: FleetError): void {
    this.#settle.reject(why)
    this.#ended.abort(why)
  }

  #work(): void {
    while (this.#underWay < maxAtOnce && !this.#ended.signal.aborted) {
      const next = this.#waiting.shift()
      if (next === undefined) break
      this.#underWay++
      void this.#speakTo(next).finally(() => {
        this.#underWay--
        this.#work()
      })
    }
    if (this.#complete && this.#underWay === 0)
      this.end(
        this.#obstacle ??
          new FleetError('NOT_FOUND', 'no machine that can be reached from here answers to this claim code'),
      )
  }

  async #speakTo(machine: PendingMachine): Promise<void> {
    try {
      this.#settle.resolve(await this.#attempt(machine, this.#ended.signal))
      this.#ended.abort(new FleetError('ABORTED', 'the machine was found'))
    } catch (thrown) {
      const error = toFleetError(thrown)
      if (!notIts.has(error.code)) this.#obstacle ??= error
    }
  }
}
