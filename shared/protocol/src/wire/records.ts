import { z } from 'zod'
import { bytesSchema } from '../bytes.ts'
import { peerIdSchema } from '../ids.ts'
import { maxRecordBytes } from '../records/record.ts'
import { digestHashBytes } from './digest.ts'

/** Most records in one sync frame. */
export const maxBatchRecords = 64

export const syncProtocol = '/wrale/sync/1'
export const maxSyncFrameBytes = 256 * 1024
/** Most authors that one digest may name. */
export const maxDigestEntries = 4096
/** Parts that a digest is split into when it is compared part by part. */
export const digestParts = 32
/** Digests of up to this many authors are sent whole at once: finding the part that differs would cost more. */
export const wholeDigestEntries = 64

const hashSchema = bytesSchema(digestHashBytes)

/** Author to the number up to which everything of it is held. */
export const digestSchema = z
  .record(peerIdSchema, z.number().int().min(1))
  .refine((digest) => Object.keys(digest).length <= maxDigestEntries, {
    message: `must name at most ${maxDigestEntries} authors`,
  })

/**
 * Opens a pull: the hash of what the asker has, and, when that is small, what it has. `news` says that the asker has got records that were
 * not pushed: who lacks them pulls from it in turn.
 */
export const syncRequestSchema = z.looseObject({
  hash: hashSchema,
  have: digestSchema.optional(),
  news: z.boolean().optional(),
})
export type SyncRequest = z.infer<typeof syncRequestSchema>

/** Answer to a request without a digest whose hash differs: the hashes of the parts of the answerer's digest. */
export const syncPartsSchema = z.object({ parts: z.array(hashSchema).length(digestParts) })

/** What the asker has in the parts that differ. */
export const syncSelectionSchema = z.looseObject({
  parts: z
    .array(
      z
        .number()
        .int()
        .min(0)
        .max(digestParts - 1),
    )
    .max(digestParts),
  have: digestSchema,
})

/**
 * One frame of records. `ageMs` is how long ago, by the sender's monotonic clock, it last heard the author say this: an age needs no agreement
 * on the time of day. The last frame carries the marks: who took everything is complete up to them.
 */
export const syncFrameSchema = z.object({
  records: z.array(z.tuple([z.number().int().min(0), bytesSchema(1, maxRecordBytes)])).max(maxBatchRecords),
  marks: digestSchema.optional(),
})
export type SyncFrame = z.infer<typeof syncFrameSchema>

export const syncAnswerSchema = z.union([syncPartsSchema, syncFrameSchema])
