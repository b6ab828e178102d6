import { createHash } from 'node:crypto'
import { Emitter } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { Digest } from '@wrale/protocol/wire'
import type { Contact, ReceiveVerdict, ReplicaPort } from '../types.ts'

/** How long ago everything was heard that is pulled from such a replica, ms: longer than what is passed on as if it were new. */
export const fakeAgeMs = 7000

/** A replica of texts instead of signed records: `author/key/seq`. What begins with `bad` is rejected. */
export class ReplicaFake implements ReplicaPort {
  readonly #held = new Map<string, { readonly author: string; readonly seq: number; readonly sealed: Uint8Array }>()
  readonly written = new Emitter<{ readonly sealed: Uint8Array }>()
  readonly changed = new Emitter<string>()
  readonly received: Array<{ readonly text: string; readonly from: PeerIdText; readonly ageMs: number }> = []

  /** Everyone whom the records name. Tests put in whom they like. */
  readonly known: Contact[] = []

  /** Whether it says that something is missing. */
  gap = false

  incomplete(): boolean {
    return this.gap
  }

  contacts(): Iterable<Contact> {
    return this.known
  }

  write(text: string): void {
    const sealed = new TextEncoder().encode(text)
    this.#keep(text, sealed)
    this.written.emit({ sealed })
  }

  has(text: string): boolean {
    return [...this.#held.values()].some(({ sealed }) => new TextDecoder().decode(sealed) === text)
  }

  digest(): Record<string, number> {
    return Object.fromEntries([...this.#held.values()].map(({ author, seq }) => [author, seq]))
  }

  missingFrom(have: Digest): { records: Array<{ sealed: Uint8Array; ageMs: number }>; marks: Digest } {
    const records = [...this.#held.values()]
      .filter(({ author, seq }) => seq > (have[author] ?? 0))
      .map(({ sealed }) => ({ sealed, ageMs: fakeAgeMs }))
    return { records, marks: {} }
  }

  vouch(): void {}

  async receive(sealed: Uint8Array, { from, ageMs }: { from: PeerIdText; ageMs: number }): Promise<ReceiveVerdict> {
    const text = new TextDecoder().decode(sealed)
    this.received.push({ text, from, ageMs })
    if (!/^[^/]+\/[^/]+\/\d+$/.test(text) || text.startsWith('bad')) return 'rejected'
    return this.#keep(text, sealed) ? 'new' : 'known'
  }

  #keep(text: string, sealed: Uint8Array): boolean {
    const slot = text.slice(0, text.lastIndexOf('/'))
    const seq = Number(text.slice(slot.length + 1))
    const held = this.#held.get(slot)
    if (seq <= (held?.seq ?? 0)) return false
    this.#held.set(slot, { author: held?.author ?? authorOf(slot), seq, sealed })
    this.changed.emit(text)
    return true
  }
}

/** Something that looks like a PeerId, for each slot its own. */
function authorOf(slot: string): string {
  return `12D3KooW${createHash('sha256').update(slot).digest('hex').replaceAll('0', 'z').slice(0, 44)}`
}
