import { z } from 'zod'
import type { PeerIdText } from '../ids.ts'
import { type InventoryBody, inventoryBodySchema, type StatusBody, statusBodySchema } from './bodies.ts'
import { type EventBody, eventBodySchema, type IntentBody, intentBodySchema } from './intent.ts'
import { type LinksBody, linksBodySchema } from './links.ts'

/** Largest sealed record, bytes. */
export const maxRecordBytes = 16 * 1024

/**
 * Hybrid logical clock stamp: physical part in milliseconds since the Unix epoch as the author saw it, and a counter that
 * orders stamps with an equal physical part (Kulkarni et al., "Logical Physical Clocks", 2014).
 */
export const hlcSchema = z.tuple([
  z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  z.number().int().min(0).max(0xffff),
])
export type Hlc = z.infer<typeof hlcSchema>

/**
 * Kinds of record. `status`, `inventory` and `links`: one of each per author, a newer one supersedes. `event`: append-only. `intent`: an operation
 * on an object of the fleet; what wins is decided field by field.
 */
export type RecordKind = keyof RecordBodies
export interface RecordBodies {
  readonly status: StatusBody
  readonly inventory: InventoryBody
  readonly links: LinksBody
  readonly event: EventBody
  readonly intent: IntentBody
}

/** Version of each kind's body that this software writes and reads. A change that older software would misread gets the next one, in the field `v`. */
export const recordVersion = 1

const seqSchema = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

/** What every record has, whatever its kind. */
export const headerFields = {
  /** Number of this write among the author's, from 1. It never goes back, not even over a restart. */
  seq: seqSchema.min(1),
  /**
   * Number of the author's newest record below this one that is still valid beside it; 0 when there is none. Who has everything up to there
   * and this record has everything up to this record: what lies between was superseded or never used.
   */
  prev: seqSchema,
  hlc: hlcSchema,
}

/** What an author signs. The author itself is the key of the envelope, so that the two cannot disagree. */
export const recordPayloadSchema = z
  .discriminatedUnion('kind', [
    z.looseObject({ kind: z.literal('status'), ...headerFields, body: statusBodySchema }),
    z.looseObject({ kind: z.literal('inventory'), ...headerFields, body: inventoryBodySchema }),
    z.looseObject({ kind: z.literal('links'), ...headerFields, body: linksBodySchema }),
    z.looseObject({ kind: z.literal('event'), ...headerFields, body: eventBodySchema }),
    z.looseObject({ kind: z.literal('intent'), ...headerFields, body: intentBodySchema }),
  ])
  .refine((record) => record.prev < record.seq, 'prev must be below seq')
export type RecordPayload = z.output<typeof recordPayloadSchema>

/** A record of a kind that this software knows, opened and found good. `sealed` is what its author signed, kept so that unknown fields survive. */
export type FleetRecord = RecordPayload & { readonly author: PeerIdText; readonly sealed: Uint8Array }
