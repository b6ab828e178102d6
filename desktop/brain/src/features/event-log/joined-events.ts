import type { Logger, Signal, Startable, Unsubscribe } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { Certificate } from '@wrale/protocol/signing'
import type { EventLog } from './event-log.ts'

export interface JoinedEventsDeps {
  /** Certificates that this station gave out; one that is fetched again comes again. */
  readonly granted: Signal<Pick<Certificate, 'subject' | 'role' | 'name'>>
  readonly members: { get(id: PeerIdText): unknown }
  readonly log: Pick<EventLog, 'write'>
  readonly logger: Logger
}

/** Records who joined the fleet. The station that let a member in does, so that it is recorded once. */
export class JoinedEvents implements Startable {
  readonly #deps: JoinedEventsDeps
  #unsubscribe: Unsubscribe | undefined

  constructor(deps: JoinedEventsDeps) {
    this.#deps = deps
  }

  async start(): Promise<void> {
    const { granted, members, log, logger } = this.#deps
    this.#unsubscribe ??= granted.subscribe(({ subject, role, name }) => {
      if (members.get(subject) !== undefined) return
      const message = `${name} joined the fleet as a ${role}`
      log
        .write({ name: 'member.joined', severity: 'info', message, data: { about: subject, role } })
        .catch((error: unknown) => logger.error('a new member could not be recorded', { error, subject }))
    })
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
  }
}
