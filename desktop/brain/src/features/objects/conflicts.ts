import { FleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { Conflict, Session } from '@wrale/protocol/api'
import type { FieldValue, ObjectRef } from '@wrale/protocol/records'
import type { Claim, FieldState } from '@wrale/replica'
import type { Audit } from '../event-log/audit.ts'
import { checkField, groupObject, nodeObject } from './fields.ts'
import { type Fields, type ObjectBook, sameValue } from './object-book.ts'
import { timestamp } from './timestamp.ts'

/** Types of objects of which the latest word wins. Of members the strictest does, so nothing about them is a conflict. */
const types = [nodeObject, groupObject]
/** Most conflicts that are listed; when some are settled, others take their place. */
const maxListed = 500

export interface ConflictsDeps {
  readonly book: Pick<ObjectBook, 'all' | 'fields' | 'set'>
  readonly nameOf: (id: PeerIdText) => string
  readonly audit: Pick<Audit, 'record'>
}

export interface Settlement {
  readonly object: ObjectRef
  readonly field: string
  readonly value: FieldValue
}

/** Fields that stations set without knowing of each other's word, until somebody decides. */
export class Conflicts {
  readonly #deps: ConflictsDeps

  constructor(deps: ConflictsDeps) {
    this.#deps = deps
  }

  /** The newest first, in the same order on every station. */
  list(): Conflict[] {
    const found = types.flatMap((type) => [...this.#deps.book.all(type)].flatMap((known) => this.#of(known)))
    return found
      .toSorted((a, b) => latestOf(b) - latestOf(a) || (keyOf(a) < keyOf(b) ? -1 : 1))
      .slice(0, maxListed)
      .map(({ object, field, state }) => ({
        object,
        name: this.#nameOf(object),
        field,
        holds: this.#claimView(state.winner),
        lost: state.conflicts.map((claim) => this.#claimView(claim)),
      }))
  }

  /**
   * Says the value again, with all that was said before in view.
   * @throws FleetError INPUT_INVALID; CONFLICT when it was settled with another value already
   */
  async settle(
    { object, field, value }: Settlement,
    by: Session,
  ): Promise<Pick<Conflict, 'object' | 'field' | 'holds'>> {
    const { book, audit } = this.#deps
    checkField(object, field, value)
    const state = book.fields(object).get(field)
    if (state === undefined || (state.conflicts.length === 0 && !sameValue(state.winner.value, value))) {
      const holds = state === undefined ? 'nothing was said of it' : `${JSON.stringify(state.winner.value)} holds`
      throw new FleetError('CONFLICT', `there is no conflict about ${field} of ${this.#nameOf(object)}: ${holds}`)
    }
    await book.set(object, { [field]: value })
    if (state.conflicts.length > 0) {
      audit.record({
        kind: 'conflict-settled',
        message: `settled the conflict about ${field} of ${object.type} ${this.#nameOf(object)}: ${JSON.stringify(value)} holds`,
        data: {
          object: `${object.type}/${object.id}`,
          field,
          ...(object.type === nodeObject ? { about: object.id } : {}),
        },
        by,
      })
    }
    const holds = book.fields(object).get(field)?.winner ?? state.winner
    return { object, field, holds: this.#claimView(holds) }
  }

  #of({ object, fields }: { readonly object: ObjectRef; readonly fields: Fields }): Open[] {
    return openIn(fields).map(([field, state]) => ({ object, field, state }))
  }

  #nameOf({ type, id }: ObjectRef): string {
    return type === nodeObject ? this.#deps.nameOf(id as PeerIdText) : id
  }

  #claimView({ author, hlc, value }: Claim): Conflict['holds'] {
    return { value, author: { id: author, name: this.#deps.nameOf(author) }, at: timestamp(hlc[0]) }
  }
}

interface Open {
  readonly object: ObjectRef
  readonly field: string
  readonly state: FieldState
}

/** The fields of an object about which nobody has decided yet. */
function openIn(fields: Fields): Array<[string, FieldState]> {
  return [...fields].filter(([, { conflicts }]) => conflicts.length > 0)
}

function latestOf({ state }: Open): number {
  return Math.max(state.winner.hlc[0], ...state.conflicts.map(({ hlc }) => hlc[0]))
}

function keyOf({ object, field }: Open): string {
  return `${object.type}/${object.id} ${field}`
}
