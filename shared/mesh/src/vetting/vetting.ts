import { type Clock, Emitter, FleetError, type Signal, toFleetError } from '@wrale/kernel'
import { encodeCbor, type FleetId, type PeerIdText } from '@wrale/protocol'
import { type Certificate, verifyCertificate } from '@wrale/protocol/signing'
import {
  helloInstanceBytes,
  maxHelloBytes,
  type PutOutEvidence,
  type Refusal,
  refusalOf,
  refusalSchema,
} from '@wrale/protocol/wire'
import { CloneWatch } from './clone-watch.ts'

/** How a member was put out. */
export interface PutOut {
  /** In the operator's words. */
  readonly reason: string | null
  /** The record that says so; absent when it cannot be shown. */
  readonly evidence?: PutOutEvidence
}

export interface VettingDeps {
  readonly fleet: FleetId
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** Fleet time by which certificates end, ms since the Unix epoch. */
  readonly nowMs: () => number
  /** What the records say about putting a member out; undefined for one that is in the fleet. */
  readonly putOut: (peer: PeerIdText) => PutOut | undefined
}

/** Room that the rest of a refusal takes, bytes. */
const refusalOverheadBytes = 512

/** Judges who says hello by more than a signature: expiry, revocation, and whether a key speaks from two places. */
export class Vetting {
  /** Said in this member's own hellos. */
  readonly instance: Uint8Array = crypto.getRandomValues(new Uint8Array(helloInstanceBytes))
  readonly clones: CloneWatch
  /** Somebody showed this member that it was put out. Whether that is true, the records must tell. */
  readonly shown: Signal<PutOutEvidence>
  readonly #deps: VettingDeps
  readonly #shown = new Emitter<PutOutEvidence>()

  constructor(deps: VettingDeps) {
    this.#deps = deps
    this.clones = new CloneWatch(deps.clock)
    this.shown = this.#shown
  }

  /**
   * The certificate of who says hello.
   * @throws FleetError NOT_MEMBER when it is not good here and now, or the member was put out; as `verifyCertificate`
   */
  async admit(sealed: Uint8Array, remote: PeerIdText): Promise<Certificate> {
    const { fleet, nowMs, putOut } = this.#deps
    const certificate = await verifyCertificate(sealed, { fleet, subject: remote, nowMs: nowMs() })
    const out = putOut(remote)
    if (out !== undefined) throw new PutOutError(out)
    return certificate
  }

  /** What a refused peer is told: with the evidence, when it was put out and there is room. */
  refusal(thrown: unknown): Refusal {
    const refusal = refusalOf(toFleetError(thrown))
    const evidence = thrown instanceof PutOutError ? thrown.evidence : undefined
    if (evidence === undefined || encodeCbor(evidence).byteLength > maxHelloBytes - refusalOverheadBytes) return refusal
    return { refused: { ...refusal.refused, evidence } }
  }

  /** Looks at an answer to this member's own hello. */
  heed(answer: unknown): void {
    const refusal = refusalSchema.safeParse(answer)
    if (refusal.success && refusal.data.refused.evidence !== undefined) this.#shown.emit(refusal.data.refused.evidence)
  }
}

class PutOutError extends FleetError {
  readonly evidence: PutOutEvidence | undefined

  constructor({ reason, evidence }: PutOut) {
    super('NOT_MEMBER', `this member was put out of the fleet${reason === null ? '' : `: ${reason}`}`)
    this.evidence = evidence
  }
}
