import { Emitter, type Signal, type Startable } from '@wrale/kernel'
import { memberObjectType } from '@wrale/protocol/membership'
import type { FleetRecord, FieldValue, ObjectRef, RecordKind } from '@wrale/protocol/records'
import type { FieldState, IntentRecord, ReplicaEntry } from '@wrale/replica'

/** Intents as the replica has them. */
export interface IntentSource {
  readonly changed: Signal<ReplicaEntry>
  /** One of two records under one number was thrown out. */
  readonly equivocated: Signal<unknown>
  entries(kind?: RecordKind): Iterable<ReplicaEntry>
  fields(object: ObjectRef): ReadonlyMap<string, FieldState>
  history(object: ObjectRef, field?: string): readonly IntentRecord[]
  setFields(object: ObjectRef, set: Readonly<Record<string, FieldValue>>): Promise<FleetRecord>
}

export type Fields = ReadonlyMap<string, FieldState>

interface Known {
  readonly object: ObjectRef
  /** Merged when asked for; dropped when something was said of the object. */
  fields: Fields | undefined
}

/** Most fields that one operation may set, with room for what the schema of records allows. */
const maxFieldsAtOnce = 48
const nothing: Fields = new Map()

/** The objects of the fleet as they stand. Histories are merged once, and again when somebody said something of the object. */
export class ObjectBook implements Startable {
  /** Objects of which something was said, or all that are known when that cannot be told. */
  readonly changed: Signal<readonly ObjectRef[]>
  readonly #source: IntentSource
  readonly #changed = new Emitter<readonly ObjectRef[]>()
  readonly #types = new Map<string, Map<string, Known>>()
  #unsubscribe: Array<() => void> = []

  constructor(source: IntentSource) {
    this.#source = source
    this.changed = this.#changed
  }

  async start(): Promise<void> {
    if (this.#unsubscribe.length > 0) return
    for (const { record } of this.#source.entries('intent'))
      if (record.kind === 'intent') this.#know(record.body.object)
    this.#unsubscribe = [
      this.#source.changed.subscribe(({ record }) => {
        if (record.kind === 'intent') this.#said(record.body.object)
      }),
      // The replica tells before it throws out what it held.
      this.#source.equivocated.subscribe(() => queueMicrotask(() => this.#forgetAll())),
    ]
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#unsubscribe = []
  }

  fields(object: ObjectRef): Fields {
    const known = this.#types.get(object.type)?.get(object.id)
    return known === undefined ? nothing : this.#fieldsOf(known)
  }

  /** Every object of a type of which anything was ever said. */
  *all(type: string): Generator<{ readonly object: ObjectRef; readonly fields: Fields }> {
    for (const known of this.#types.get(type)?.values() ?? []) {
      yield { object: known.object, fields: this.#fieldsOf(known) }
    }
  }

  history(object: ObjectRef, field?: string): readonly IntentRecord[] {
    return this.#source.history(object, field)
  }

  /** Sets the fields that are not so already. A field about which there is a conflict is said again, which settles it. */
  async set(object: ObjectRef, wanted: Readonly<Record<string, FieldValue>>): Promise<void> {
    const fields = this.fields(object)
    const different = Object.entries(wanted).filter(([field, value]) => {
      const held = fields.get(field)
      return (held?.conflicts.length ?? 0) > 0 || !sameValue(held?.winner.value ?? null, value)
    })
    for (let first = 0; first < different.length; first += maxFieldsAtOnce) {
      await this.#source.setFields(object, Object.fromEntries(different.slice(first, first + maxFieldsAtOnce)))
    }
  }

  #fieldsOf(known: Known): Fields {
    return (known.fields ??= this.#source.fields(known.object))
  }

  #know(object: ObjectRef): Known {
    const ofType = this.#types.get(object.type) ?? new Map<string, Known>()
    this.#types.set(object.type, ofType)
    const known = ofType.get(object.id) ?? { object: { type: object.type, id: object.id }, fields: undefined }
    ofType.set(object.id, known)
    return known
  }

  #said(object: ObjectRef): void {
    this.#know(object).fields = undefined
    // When a station is put out, what it wrote afterwards goes with it, whatever that was about.
    if (object.type === memberObjectType) this.#forgetAll()
    else this.#changed.emit([object])
  }

  #forgetAll(): void {
    const all = [...this.#types.values()].flatMap((ofType) => [...ofType.values()])
    for (const known of all) known.fields = undefined
    this.#changed.emit(all.map(({ object }) => object))
  }
}

export function sameValue(a: FieldValue, b: FieldValue): boolean {
  return canonical(a) === canonical(b)
}

function canonical(value: FieldValue): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
