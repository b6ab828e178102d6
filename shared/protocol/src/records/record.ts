import { z } from 'zod'
import type { PeerIdText } from '../ids.ts'
import { type InventoryBody, inventoryBodySchema, type StatusBody, statusBodySchema } from './bodies.ts'

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

/** The schema of the body of each kind of record. */
export const bodySchemas = { status: statusBodySchema, inventory: inventoryBodySchema } as const
export type RecordKind = keyof typeof bodySchemas
export interface RecordBodies {
  readonly status: StatusBody
  readonly inventory: InventoryBody
}

export const recordKindSchema = z.enum(['status', 'inventory'])

const headerFields = {
  /** Names the thing within its kind and author: two records with one author, kind and key are versions of one thing. */
  key: z.string().min(1).max(128),
  /** Number of this write among the author's, from 1. It never goes back, not even over a restart. */
  seq: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  hlc: hlcSchema,
}

/** What an author signs. The author itself is the key of the envelope, so that the two cannot disagree. */
export const recordPayloadSchema = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('status'), ...headerFields, body: statusBodySchema }),
  z.looseObject({ kind: z.literal('inventory'), ...headerFields, body: inventoryBodySchema }),
])
export type RecordPayload = z.infer<typeof recordPayloadSchema>

/** A record that was opened and found good. `sealed` is what its author signed, kept so that unknown fields survive. */
export type FleetRecord = RecordPayload & { readonly author: PeerIdText; readonly sealed: Uint8Array }

/** Identifies the thing that a record is a version of. */
export function slotOf(record: { author: string; kind: string; key: string }): string {
  return `${record.author}/${record.kind}/${record.key}`
}
