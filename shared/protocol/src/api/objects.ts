import { z } from 'zod'
import { peerIdSchema } from '../ids.ts'
import { fieldValueSchema, objectRefSchema } from '../records/intent.ts'
import { timestampSchema } from './node.ts'

const labelKeySchema = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9./_-]{0,46}[a-z0-9])?$/, 'lower case letters, digits and . / _ - , at most 48')
const labelValueSchema = z.string().max(128)
const placePartSchema = z.string().trim().min(1).max(64)
export const groupNameSchema = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'lower case letters, digits and dashes, at most 63')

/** Where a node is. Each part may be absent. */
export const placeSchema = z.object({
  site: placePartSchema.optional(),
  zone: placePartSchema.optional(),
  rack: placePartSchema.optional(),
  slot: placePartSchema.optional(),
})
export type Place = z.infer<typeof placeSchema>

/** What operators say of a node. */
export const nodeNotesSchema = z.object({
  labels: z.record(labelKeySchema, labelValueSchema),
  note: z.string().max(4000).nullable(),
  place: placeSchema,
  /** Groups that the node is in, by name. */
  groups: z.array(groupNameSchema),
})
export type NodeNotes = z.infer<typeof nodeNotesSchema>

/** Changes what operators say of a node: what is absent stays, null removes. */
export const nodeChangeSchema = z.object({
  id: peerIdSchema,
  labels: z.record(labelKeySchema, labelValueSchema.nullable()).optional(),
  note: z.string().max(4000).nullable().optional(),
  place: z
    .object({
      site: placePartSchema.nullable(),
      zone: placePartSchema.nullable(),
      rack: placePartSchema.nullable(),
      slot: placePartSchema.nullable(),
    })
    .partial()
    .optional(),
})
export type NodeChange = z.infer<typeof nodeChangeSchema>

export const groupSchema = z.object({
  name: groupNameSchema,
  description: z.string().max(400).nullable(),
  /** Nodes with all these labels are in the group. */
  selector: z.record(labelKeySchema, labelValueSchema).nullable(),
  /** Nodes that were put in by hand. */
  nodes: z.array(peerIdSchema),
  /** Everyone in it, by selector or by hand. */
  members: z.array(z.object({ id: peerIdSchema, name: z.string() })),
})
export type GroupView = z.infer<typeof groupSchema>

/** Makes or changes a group: what is absent stays. `nodes` replaces the list; two stations that add different nodes both succeed, for each node is a field of its own. */
export const groupChangeSchema = z.object({
  name: groupNameSchema,
  description: z.string().max(400).nullable().optional(),
  selector: z.record(labelKeySchema, labelValueSchema).nullable().optional(),
  nodes: z.array(peerIdSchema).max(4096).optional(),
})

const claimSchema = z.object({
  /** null: removed. */
  value: fieldValueSchema,
  author: z.object({ id: peerIdSchema, name: z.string() }),
  /** Author's fleet time. */
  at: timestampSchema,
})

/** One operation on an object. */
export const changeSchema = z.object({
  author: z.object({ id: peerIdSchema, name: z.string() }),
  seq: z.number().int(),
  at: timestampSchema,
  set: z.record(z.string(), fieldValueSchema),
})
export type ObjectChange = z.infer<typeof changeSchema>

export const historyQuerySchema = objectRefSchema.extend({ field: z.string().optional() })

/** Two stations set one field without knowing of each other; one value holds, the others wait here until somebody decides. */
export const conflictSchema = z.object({
  object: objectRefSchema,
  /** Name for people. */
  name: z.string(),
  field: z.string(),
  holds: claimSchema,
  lost: z.array(claimSchema),
})
export type Conflict = z.infer<typeof conflictSchema>

/** Settles a conflict with a value: the one that holds, one that lost, or another. */
export const settleRequestSchema = z.object({ object: objectRefSchema, field: z.string(), value: fieldValueSchema })
