import type { Signal, Startable } from '@wrale/kernel'

/** Most kinds that are told apart; further ones count as `other`. */
const maxKinds = 64

/** Counts what peers did wrong. */
export class Tally implements Startable {
  readonly #sources: { readonly incidents: Signal<{ readonly kind: string }>; readonly rejected: Signal<unknown> }
  readonly #incidents = new Map<string, number>()
  #rejected = 0
  #unsubscribe: Array<() => void> = []

  constructor(sources: { readonly incidents: Signal<{ readonly kind: string }>; readonly rejected: Signal<unknown> }) {
    this.#sources = sources
  }

  get incidents(): ReadonlyMap<string, number> {
    return this.#incidents
  }

  get rejected(): number {
    return this.#rejected
  }

  async start(): Promise<void> {
    if (this.#unsubscribe.length > 0) return
    this.#unsubscribe = [
      this.#sources.incidents.subscribe(({ kind }) => {
        const counted = this.#incidents.has(kind) || this.#incidents.size < maxKinds ? kind : 'other'
        this.#incidents.set(counted, (this.#incidents.get(counted) ?? 0) + 1)
      }),
      this.#sources.rejected.subscribe(() => {
        this.#rejected += 1
      }),
    ]
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#unsubscribe = []
  }
}
