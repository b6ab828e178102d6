import { Emitter, type Signal, type Startable } from '@wrale/kernel'
import type { Fleet } from '@wrale/protocol/api'
import type { ObjectRef } from '@wrale/protocol/records'
import { groupObject, nodeObject } from './fields.ts'

export interface RevisionDeps {
  readonly objects: Signal<readonly ObjectRef[]>
  readonly events: Signal<unknown>
}

/** Numbers that grow when there is something new to ask for, so that watchers need not ask in vain. */
export class Revision implements Startable {
  readonly changed: Signal<void>
  readonly #deps: RevisionDeps
  readonly #changed = new Emitter<void>()
  #numbers = { conflicts: 0, events: 0, groups: 0 }
  #unsubscribe: Array<() => void> = []

  constructor(deps: RevisionDeps) {
    this.#deps = deps
    this.changed = this.#changed
  }

  get numbers(): NonNullable<Fleet['revision']> {
    return this.#numbers
  }

  async start(): Promise<void> {
    if (this.#unsubscribe.length > 0) return
    this.#unsubscribe = [
      this.#deps.objects.subscribe((objects) => {
        if (!objects.some(({ type }) => type === nodeObject || type === groupObject)) return
        // A label can take its node into a group, and any word can begin or end a conflict.
        const { conflicts, groups } = this.#numbers
        this.#become({ conflicts: conflicts + 1, groups: groups + 1 })
      }),
      this.#deps.events.subscribe(() => this.#become({ events: this.#numbers.events + 1 })),
    ]
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#unsubscribe = []
  }

  #become(numbers: Partial<NonNullable<Fleet['revision']>>): void {
    this.#numbers = { ...this.#numbers, ...numbers }
    this.#changed.emit()
  }
}
