import { z } from 'zod'
import { bytesSchema } from '../bytes.ts'
import type { FleetId } from '../ids.ts'
import { maxRecordBytes } from '../records/record.ts'

/** Largest gossip message, bytes. */
export const maxGossipBytes = 64 * 1024
/** Most records in one gossip message or sync frame. */
export const maxBatchRecords = 64

/** Gossip topic on which a fleet's new records are pushed. */
export function recordsTopic(fleet: FleetId): string {
  return `/wrale/${fleet}/records/1`
}

/** A gossip message: sealed records, oldest first. */
export const gossipBatchSchema = z.array(bytesSchema(1, maxRecordBytes)).min(1).max(maxBatchRecords)

export const syncProtocol = '/wrale/sync/1'
export const maxSyncFrameBytes = 256 * 1024
/** Most things (author, kind, key) that one digest may name. */
export const maxDigestEntries = 8192

/** What the asker has: slot (`author/kind/key`) to sequence number. The answer is what is newer than that. */
export const syncRequestSchema = z.looseObject({
  have: z
    .record(z.string().max(256), z.number().int().min(1))
    .refine((have) => Object.keys(have).length <= maxDigestEntries, {
      message: `must name at most ${maxDigestEntries} things`,
    }),
})
export type SyncRequest = z.infer<typeof syncRequestSchema>

/**
 * One frame of the answer; the last one says `done`. `ageMs` is how long ago, by the sender's monotonic clock, it last heard the
 * author say this: an age needs no agreement on the time of day.
 */
export const syncFrameSchema = z.looseObject({
  records: z.array(z.tuple([z.number().int().min(0), bytesSchema(1, maxRecordBytes)])).max(maxBatchRecords),
  done: z.boolean(),
})
export type SyncFrame = z.infer<typeof syncFrameSchema>
