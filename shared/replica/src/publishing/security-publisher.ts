import { type Clock, Coalescer, type Logger, type Signal, type Startable, type Unsubscribe } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { type EventBody, securityEvent } from '@wrale/protocol/records'

/** What a peer did that it may not. */
interface Incident {
  readonly peer: PeerIdText | null
  /** Stable name, one of few. */
  readonly kind: string
  readonly code: string
  readonly message: string
}

export interface SecurityPublisherDeps {
  readonly incidents: Signal<Incident>
  readonly clock: Clock
  readonly logger: Logger
  /** Writes the record; resolves when it is stored and on its way. */
  readonly write: (body: EventBody) => Promise<unknown>
}

/**
 * Tells the fleet what peers did to this member that they may not. The first of a kind is told at once, and however much comes after it, few events
 * come of it: a peer can neither push other events out of the log nor wear out the SD card.
 */
export class SecurityPublisher implements Startable {
  readonly #incidents: Signal<Incident>
  readonly #coalescer: Coalescer<Incident>
  #unsubscribe: Unsubscribe | undefined

  constructor({ incidents, clock, logger, write }: SecurityPublisherDeps) {
    this.#incidents = incidents
    this.#coalescer = new Coalescer(clock, ({ latest, count, keys }) => {
      write(securityEvent({ ...latest, count, peers: keys })).catch((error: unknown) =>
        logger.error('a security event could not be recorded', { error, kind: latest.kind }),
      )
    })
  }

  async start(): Promise<void> {
    this.#unsubscribe ??= this.#incidents.subscribe((incident) => {
      this.#coalescer.note(incident.kind, incident.peer ?? '', incident)
    })
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
    this.#coalescer.stop()
  }
}
