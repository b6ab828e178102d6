import { z } from 'zod'
import { peerIdSchema } from '../ids.ts'
import { fieldValueSchema, objectRefSchema } from '../records/intent.ts'
import { fanCurveSchema, thermalProfileSchema } from '../node/thermal.ts'
import { timestampSchema } from './node.ts'
import {
  groupNameSchema,
  labelKeySchema,
  labelValueSchema,
  labelsSchema,
  noteSchema,
  placePartSchema,
} from './notes.ts'

/** Changes what operators say of a node: what is absent stays, null removes. */
export const nodeChangeSchema = z.object({
  id: peerIdSchema,
  labels: z.record(labelKeySchema, labelValueSchema.nullable()).optional(),
  note: noteSchema.nullable().optional(),
  place: z
    .object({
      site: placePartSchema.nullable(),
      zone: placePartSchema.nullable(),
      rack: placePartSchema.nullable(),
      slot: placePartSchema.nullable(),
    })
    .partial()
    .optional(),
  /** How it is cooled; the node takes it over when it hears of it. */
  thermal: z
    .object({ profile: thermalProfileSchema.nullable(), curve: fanCurveSchema.nullable() })
    .partial()
    .optional(),
})
export type NodeChange = z.infer<typeof nodeChangeSchema>

export const groupSchema = z.object({
  name: groupNameSchema,
  description: z.string().max(400).nullable(),
  /** Nodes with all these labels are in the group. */
  selector: labelsSchema.nullable(),
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
  selector: labelsSchema.nullable().optional(),
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

/** What holds after a conflict was settled. */
export const settledSchema = z.object({ object: objectRefSchema, field: z.string(), holds: claimSchema })
