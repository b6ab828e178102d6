import { createHash } from 'node:crypto'
import type { Cancel, Clock } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'

/** Records that are remembered one by one; beyond these, the others are told in any case. */
const maxRemembered = 1024

export interface NewsOptions {
  /** How long what was pulled may still be pushed, ms. Asked for each time. */
  readonly waitMs: () => number
  /** Some of what these peers gave was not pushed within that time: others may lack it too. */
  readonly tell: (sources: ReadonlySet<PeerIdText>) => void
}

/**
 * Records that came by a pull before, or instead of, a push. The push passes on what it brings; what it never brings, because the
 * author was cut off from others when it wrote, would wait at this member for the next pull of each neighbour.
 */
export class News {
  readonly #clock: Clock
  readonly #options: NewsOptions
  readonly #unpushed = new Map<string, PeerIdText>()
  readonly #overflow = new Set<PeerIdText>()
  #cancel: Cancel | undefined

  constructor(clock: Clock, options: NewsOptions) {
    this.#clock = clock
    this.#options = options
  }

  pulled(sealed: Uint8Array, from: PeerIdText): void {
    if (this.#unpushed.size < maxRemembered) this.#unpushed.set(hashOf(sealed), from)
    else this.#overflow.add(from)
    this.#cancel ??= this.#clock.schedule(this.#options.waitMs(), () => this.#end())
  }

  pushed(sealed: Uint8Array): void {
    if (this.#unpushed.size > 0) this.#unpushed.delete(hashOf(sealed))
  }

  /** Forgets everything and leaves no timer. */
  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#unpushed.clear()
    this.#overflow.clear()
  }

  #end(): void {
    const sources = new Set([...this.#unpushed.values(), ...this.#overflow])
    this.stop()
    if (sources.size > 0) this.#options.tell(sources)
  }
}

function hashOf(sealed: Uint8Array): string {
  return createHash('sha256').update(sealed).digest('base64')
}
