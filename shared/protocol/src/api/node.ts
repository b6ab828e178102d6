import { z } from 'zod'
import { healthReasonSchema } from '../health.ts'
import { memberNameSchema, peerIdSchema } from '../ids.ts'
import { readingsSchema } from '../metrics.ts'
import { inventoryBodySchema } from '../records/bodies.ts'
import { groupNameSchema, labelsSchema, nodeNotesSchema, placeSchema } from './notes.ts'

/** Time in RFC 3339 form, UTC, with milliseconds. */
export const timestampSchema = z.iso.datetime({ precision: 3 })

/**
 * How the station sees a node. `ok`, `warn` and `fail` are the node's own words, still within their deadline. `stale`: the next
 * word is overdue. `lost`: overdue, and no member has a link to it. `unknown`: a member that never said anything yet.
 */
export const nodeStateSchema = z.enum(['ok', 'warn', 'fail', 'stale', 'lost', 'unknown'])
export type NodeState = z.infer<typeof nodeStateSchema>

/** A member that has, or had last, a direct link to the node. */
export const witnessSchema = z.object({
  id: peerIdSchema,
  name: z.string(),
  role: z.enum(['node', 'station']),
  /** When it last had the link or heard the node. */
  at: timestampSchema,
  /** The link is up now. */
  linked: z.boolean(),
  /** Round trip that the witness measured, ms. */
  rttMs: z.number().optional(),
})
export type Witness = z.infer<typeof witnessSchema>

export const nodeSchema = z.object({
  id: peerIdSchema,
  name: memberNameSchema,
  state: nodeStateSchema,
  /** When the node came into this state, by this station's clock. */
  stateSince: timestampSchema,
  /** Why it is not ok, worst first: the node's own reasons, or the station's for stale, lost and unknown. */
  reasons: z.array(healthReasonSchema),
  /** When any member last heard from it, in this station's time; null when never. */
  lastSeen: timestampSchema.nullable(),
  /** Who has a link to it, or had last; the latest first. */
  seenBy: z.array(witnessSchema),
  /** Latest readings. For a stale or lost node these are old: show them with their age. */
  readings: readingsSchema,
  powerSource: z.enum(['mains', 'battery']).optional(),
  simulated: z.boolean(),
  model: z.string().optional(),
  software: z.string().optional(),
  /** Milliseconds in which it promised the next status. */
  intervalMs: z.number().optional(),
  /** Node's clock minus this station's, ms, as far as known. */
  clockErrorMs: z.number().optional(),
  /** What operators say of it; absent when nobody said anything. */
  labels: labelsSchema.optional(),
  place: placeSchema.optional(),
  groups: z.array(groupNameSchema).optional(),
})
export type Node = z.infer<typeof nodeSchema>

export const nodeLinkSchema = z.object({
  peer: peerIdSchema,
  name: z.string(),
  role: z.enum(['node', 'station']),
  rttMs: z.number().optional(),
})

export const nodeDetailSchema = nodeSchema.extend({
  inventory: inventoryBodySchema.omit({ certificate: true }).optional(),
  links: z.array(nodeLinkSchema),
  /** All that operators say of it. */
  notes: nodeNotesSchema.optional(),
})
export type NodeDetail = z.infer<typeof nodeDetailSchema>
