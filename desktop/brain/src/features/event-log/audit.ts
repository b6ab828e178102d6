import { type Clock, Coalescer, type Logger, type Startable } from '@wrale/kernel'
import { peerIdSchema } from '@wrale/protocol'
import type { Session } from '@wrale/protocol/api'
import type { EventBody, FieldValue, ObjectRef } from '@wrale/protocol/records'
import { nodeObject } from '../objects/fields.ts'
import { type ObjectBook, sameValue } from '../objects/object-book.ts'
import type { EventLog } from './event-log.ts'

/** Most changes of one kind that are told of one by one in a minute; what comes on top is told of as one, with its number. */
const perMinute = 32
/** Most fields of one change that are listed, and most characters of a value. */
const maxListed = 16
const maxValue = 120
const maxMessage = 400

/** How a caller is named in sentences. */
const callers: Readonly<Record<Session['kind'], string>> = {
  local: 'the command line',
  browser: 'a browser',
  desktop: 'the desktop app',
}

export interface AuditDeps {
  readonly log: Pick<EventLog, 'write'>
  readonly book: Pick<ObjectBook, 'fields'>
  readonly clock: Clock
  readonly logger: Logger
}

/** One change of an object of the fleet. */
export interface ObjectChanged {
  /** What it is called in the log: `audit.<kind>`. */
  readonly kind: string
  readonly object: ObjectRef
  /** Name of the object for people. */
  readonly name: string
  readonly set: Readonly<Record<string, FieldValue>>
  readonly by: Session
}

/** Another thing that somebody did. */
export interface Deed {
  readonly kind: string
  /** What was done, without who did it: `made the join token "roof"`. */
  readonly message: string
  /** Default `info`. */
  readonly severity?: EventBody['severity']
  readonly data?: Readonly<Record<string, FieldValue>>
  readonly by: Session
}

/** Records who changed what. A change of hundreds of things at once does not push everything else out of the log. */
export class Audit implements Startable {
  readonly #deps: AuditDeps
  readonly #coalescer: Coalescer<EventBody>
  #deeds = 0

  constructor(deps: AuditDeps) {
    this.#deps = deps
    this.#coalescer = new Coalescer(
      deps.clock,
      ({ latest, count }) => this.#write(count === 1 ? latest : summaryOf(latest, count)),
      { perKeyMs: 0, perKind: perMinute, perKindMs: 60_000 },
    )
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.#coalescer.stop()
  }

  /** Carries out a change of an object and records it, with the values that it replaced. */
  async changed({ kind, object, name, set, by }: ObjectChanged, change: () => Promise<void>): Promise<void> {
    const before = this.#deps.book.fields(object)
    const changes = Object.entries(set).flatMap(([field, to]) => {
      const from = before.get(field)?.winner.value ?? null
      return sameValue(from, to) ? [] : [{ field, from: short(from), to: short(to) }]
    })
    await change()
    if (changes.length === 0) return
    const words = changes.map(({ field, from, to }) => `${field} ${text(from)} → ${text(to)}`).join(', ')
    const about = object.type === nodeObject ? peerIdSchema.safeParse(object.id) : undefined
    this.record({
      kind,
      message: `changed ${object.type} ${name}: ${words}`,
      data: {
        object: `${object.type}/${object.id}`,
        ...(about?.success === true ? { about: about.data } : {}),
        changes: changes.slice(0, maxListed),
        ...(changes.length > maxListed ? { further: changes.length - maxListed } : {}),
      },
      by,
    })
  }

  record({ kind, message, severity = 'info', data, by }: Deed): void {
    const who = callers[by.kind]
    this.#deeds += 1
    this.#coalescer.note(kind, String(this.#deeds), {
      name: `audit.${kind}`,
      severity,
      message: shortened(`${capitalised(who)} ${message}`, maxMessage),
      data: { ...data, by: by.kind },
    })
  }

  #write(body: EventBody): void {
    this.#deps.log
      .write(body)
      .catch((error: unknown) => this.#deps.logger.error('a change could not be recorded', { error, event: body.name }))
  }
}

function summaryOf(latest: EventBody, count: number): EventBody {
  const message = shortened(`${count} more changes of this kind, the last: ${latest.message}`, maxMessage)
  return { ...latest, message, data: { count, by: latest.data?.['by'] ?? null } }
}

function short(value: FieldValue): FieldValue {
  const written = JSON.stringify(value)
  if (written.length <= maxValue) return value
  return shortened(typeof value === 'string' ? value : written, maxValue)
}

function text(value: FieldValue): string {
  return value === null ? '(none)' : JSON.stringify(value)
}

function shortened(words: string, length: number): string {
  return words.length <= length ? words : `${words.slice(0, length - 1)}…`
}

function capitalised(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}
