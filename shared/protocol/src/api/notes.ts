import { z } from 'zod'
import { wantedThermalSchema } from '../node/thermal.ts'

export const labelKeySchema = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9./_-]{0,46}[a-z0-9])?$/, 'lower case letters, digits and . / _ - , at most 48')
export const labelValueSchema = z.string().max(128)
export const placePartSchema = z.string().trim().min(1).max(64)
export const noteSchema = z.string().max(4000)
export const groupNameSchema = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'lower case letters, digits and dashes, at most 63')
export const labelsSchema = z.record(labelKeySchema, labelValueSchema)

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
  labels: labelsSchema,
  note: noteSchema.nullable(),
  place: placeSchema,
  /** How it is to be cooled; absent when nobody said anything. */
  thermal: wantedThermalSchema.optional(),
  /** Groups that the node is in, by name. */
  groups: z.array(groupNameSchema),
})
export type NodeNotes = z.infer<typeof nodeNotesSchema>
