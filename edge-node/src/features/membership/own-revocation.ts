import type { Logger, Startable, Unsubscribe } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { memberFields, memberObject, memberObjectType } from '@wrale/protocol/membership'
import type { Replica } from '@wrale/replica'

export interface OwnRevocationDeps {
  readonly self: PeerIdText
  readonly replica: Pick<Replica, 'changed' | 'fields' | 'isOut'>
  /** Told once, with the reason in the operator's words. */
  readonly putOut: (reason: string | null) => void
  readonly logger: Logger
}

/** Notices in the records that the fleet put this node out, whoever brings them. Started when the records are open. */
export class OwnRevocation implements Startable {
  readonly #deps: OwnRevocationDeps
  #told = false
  #unsubscribe: Unsubscribe = () => undefined

  constructor(deps: OwnRevocationDeps) {
    this.#deps = deps
  }

  async start(): Promise<void> {
    this.#unsubscribe()
    this.#unsubscribe = this.#deps.replica.changed.subscribe(({ record }) => {
      // It may be about the station that signed this node's certificate.
      if (record.kind === 'intent' && record.body.object.type === memberObjectType) this.#look()
    })
    this.#look()
  }

  async stop(): Promise<void> {
    this.#unsubscribe()
  }

  #look(): void {
    const { self, replica, putOut, logger } = this.#deps
    if (this.#told || !replica.isOut(self)) return
    this.#told = true
    const reason = replica.fields(memberObject(self)).get(memberFields.reason)?.winner.value
    const said = typeof reason === 'string' ? reason : null
    logger.error('the fleet put this node out; `wrale-edge reset --new-identity` lets it join as somebody new', {
      reason: said,
    })
    putOut(said)
  }
}
