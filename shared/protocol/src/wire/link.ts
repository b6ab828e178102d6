import { z } from 'zod'
import { bytesSchema } from '../bytes.ts'
import { peerIdSchema } from '../ids.ts'
import { maxRecordBytes } from '../records/record.ts'

/** The one long stream of a link, opened by the side that dialled: records are pushed and life is shown on it. */
export const linkProtocol = '/wrale/link/1'
export const maxLinkFrameBytes = 64 * 1024
/** Bytes of a record's id on a link: the first of the SHA-256 of the sealed record. Enough to tell records apart; nothing is trusted because of it. */
export const recordIdBytes = 8
/** Most records pushed in one frame. */
export const maxPushRecords = 64
/** Most record ids in one frame. */
export const maxRecordIds = 512
/** Most peers named in one frame. */
export const maxExchangedPeers = 16

const idSchema = bytesSchema(recordIdBytes)
const counterSchema = z.number().int().min(0).max(0xffff_ffff)

/**
 * A frame of a link: whatever is to be said at this moment, each part absent when there is nothing. Keys are one letter because a fleet sends
 * such frames all day. Unknown keys are left alone.
 */
export const linkFrameSchema = z.looseObject({
  /** Records pushed along the tree, sealed, oldest first. */
  r: z.array(bytesSchema(1, maxRecordBytes)).min(1).max(maxPushRecords).optional(),
  /** "I have": ids of records that came lately and were not pushed on this link. */
  h: z.array(idSchema).min(1).max(maxRecordIds).optional(),
  /** "I want": ids out of an `h` that did not come otherwise. Grafts the link into the tree. */
  w: z.array(idSchema).min(1).max(maxRecordIds).optional(),
  /** Graft: push on this link from now on, as the speaker will. */
  g: z.literal(true).optional(),
  /** Prune: do not push on this link, tell what there is instead. */
  p: z.literal(true).optional(),
  /** Beat: the speaker will be heard again on this link within so many ms, or something is wrong with it. */
  b: z.number().int().min(100).max(600_000).optional(),
  /** Ping: answer at once with the same number in `a`. */
  q: counterSchema.optional(),
  /** Answer to a ping: its number, and the speaker's estimate of fleet time, ms since the Unix epoch; -1 when it has none. */
  a: z.tuple([counterSchema, z.number().int().min(-1)]).optional(),
  /** How many links the speaker has, and how many it wants. */
  n: z.tuple([z.number().int().min(0).max(4096), z.number().int().min(0).max(4096)]).optional(),
  /** End: the speaker gives this link up because it has too many. Nothing is wrong with either side. */
  e: z.literal(true).optional(),
  /** Members worth linking to, with their addresses: for who has few links, and with `e`. */
  x: z
    .array(z.tuple([peerIdSchema, z.array(z.string().max(256)).max(8)]))
    .max(maxExchangedPeers)
    .optional(),
})
export type LinkFrame = z.infer<typeof linkFrameSchema>
