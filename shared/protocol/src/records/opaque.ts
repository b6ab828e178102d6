import { z } from 'zod'
import type { PeerIdText } from '../ids.ts'
import { headerFields, type Hlc, recordPayloadSchema, recordVersion } from './record.ts'

/** Records of one kind of one author that are kept where the record does not say, and at most. */
export const maxOpaqueKept = 256

/** What is read of any record before its kind is looked at. */
export const anyPayloadSchema = z.looseObject({
  kind: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
  /** Version of the body; absent for the first. */
  v: z.number().int().min(1).max(0xffff).optional(),
})
export type AnyPayload = z.infer<typeof anyPayloadSchema>

/**
 * A record of newer software: of a kind that this one does not know, or of a later version of one that it knows. It is kept sealed and passed
 * on, so that members of several versions can be in one fleet. Its writer says how many of the kind stay valid beside each other.
 */
export const opaquePayloadSchema = z
  .looseObject({
    ...anyPayloadSchema.shape,
    ...headerFields,
    /** Newest records of this kind of this author that are valid; 1: each supersedes the one before. */
    keep: z.number().int().min(1).max(maxOpaqueKept).default(maxOpaqueKept),
  })
  .refine((record) => record.prev < record.seq, 'prev must be below seq')

export interface OpaqueRecord {
  readonly kind: 'opaque'
  /** Its kind and version in its author's words. */
  readonly of: string
  readonly keep: number
  readonly seq: number
  readonly prev: number
  readonly hlc: Hlc
  readonly author: PeerIdText
  readonly sealed: Uint8Array
}

const knownKinds: ReadonlySet<string> = new Set(recordPayloadSchema.options.map(({ shape: { kind } }) => kind.value))

/** Whether this software can read the body. */
export function isReadable({ kind, v = 1 }: AnyPayload): boolean {
  return knownKinds.has(kind) && v <= recordVersion
}
