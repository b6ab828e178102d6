import { type Clock, Coalescer, type Logger, type Signal, type Startable, type Unsubscribe } from '@wrale/kernel'
import type { SecurityIncident } from '@wrale/mesh'
import { securityEvent } from '@wrale/protocol/records'
import type { EventLog } from './event-log.ts'

export interface SecurityEventsDeps {
  readonly incidents: Signal<SecurityIncident>
  readonly log: Pick<EventLog, 'write'>
  readonly clock: Clock
  readonly logger: Logger
}

/** Records what peers did that they may not. However much they do, few events come of it, so that they cannot push others out. */
export class SecurityEvents implements Startable {
  readonly #deps: SecurityEventsDeps
  readonly #coalescer: Coalescer<SecurityIncident>
  #unsubscribe: Unsubscribe | undefined

  constructor(deps: SecurityEventsDeps) {
    this.#deps = deps
    const { log, clock, logger } = deps
    this.#coalescer = new Coalescer(clock, ({ latest, count, keys }) => {
      log
        .write(securityEvent({ ...latest, count, peers: keys }))
        .catch((error: unknown) => logger.error('a security event could not be recorded', { error, kind: latest.kind }))
    })
  }

  async start(): Promise<void> {
    this.#unsubscribe ??= this.#deps.incidents.subscribe((incident) => {
      this.#coalescer.note(incident.kind, incident.peer ?? '', incident)
    })
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
    this.#coalescer.stop()
  }
}
