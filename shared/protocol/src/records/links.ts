import { z } from 'zod'
import { bytesSchema } from '../bytes.ts'
import { shortIdBytes } from '../ids.ts'

/** Most links that one record names. */
export const maxLinksPerRecord = 256

/** A direct connection that the author has to another member. */
export const linkSchema = z.object({
  /** The other member's short id. */
  peer: bytesSchema(shortIdBytes),
  /** Round trip as the author measured it lately, milliseconds; absent until measured. */
  rttMs: z.number().min(0).max(600_000).optional(),
  /** Share of beats and pings that went unanswered lately, 0 to 1; absent when none did. */
  lossRatio: z.number().min(0).max(1).optional(),
})
export type Link = z.infer<typeof linkSchema>

const tenthsOfMs = 10
const perMille = 1000

/**
 * A link on the wire: short id; round trip in tenths of a millisecond, null until measured; loss in per mille, left out when there is none. Further
 * elements, of newer software, are passed over.
 */
const wireLinkSchema = z
  .tuple([
    bytesSchema(shortIdBytes),
    z
      .number()
      .int()
      .min(0)
      .max(600_000 * tenthsOfMs)
      .nullable(),
  ])
  .rest(z.unknown())

const lossSchema = z.number().int().min(0).max(perMille)

const linkCodec = z.codec(wireLinkSchema, linkSchema, {
  decode: ([peer, rtt, loss]) => {
    const lost = lossSchema.safeParse(loss)
    return {
      peer,
      ...(rtt === null ? {} : { rttMs: rtt / tenthsOfMs }),
      ...(lost.success && lost.data > 0 ? { lossRatio: lost.data / perMille } : {}),
    }
  },
  encode: ({ peer, rttMs, lossRatio = 0 }): [Uint8Array, number | null, ...unknown[]] => {
    const rtt = rttMs === undefined ? null : Math.round(rttMs * tenthsOfMs)
    const loss = Math.round(lossRatio * perMille)
    return loss === 0 ? [peer, rtt] : [peer, rtt, loss]
  },
})

/** `links`: to whom the author is linked now. Every member writes it; a newer one supersedes it. */
export const linksBodySchema = z.looseObject({ links: z.array(linkCodec).max(maxLinksPerRecord) })
export type LinksBody = z.output<typeof linksBodySchema>
