import { z } from 'zod'
import { peerIdSchema } from '../ids.ts'

/** What intents are about. Its id is a member's PeerId for `node`, otherwise a name that people gave. */
export const objectRefSchema = z.object({
  type: z.string().regex(/^[a-z][a-z-]{0,31}$/),
  id: z.string().min(1).max(128),
})
export type ObjectRef = z.infer<typeof objectRefSchema>

/** A field's value: plain data of bounded depth by the size of a record. null removes the field. */
export type FieldValue = string | number | boolean | null | FieldValue[] | { [key: string]: FieldValue }
export const fieldValueSchema: z.ZodType<FieldValue> = z.lazy(() =>
  z.union([
    z.string(),
    z.number(),
    z.boolean(),
    z.null(),
    z.array(fieldValueSchema),
    z.record(z.string(), fieldValueSchema),
  ]),
)

/** Most fields that one operation may set. */
export const maxFieldsPerIntent = 64

/** `intent`: sets fields of one object. Stations write it. */
export const intentBodySchema = z.looseObject({
  object: objectRefSchema,
  set: z
    .record(z.string().regex(/^[a-z][A-Za-z0-9./_-]{0,63}$/), fieldValueSchema)
    .refine((set) => Object.keys(set).length <= maxFieldsPerIntent, `must set at most ${maxFieldsPerIntent} fields`),
  /** Newest operation on this object that the author had seen from each other author: what it did not see, it did not mean to overrule. */
  seen: z.record(peerIdSchema, z.number().int().min(1)),
})
export type IntentBody = z.infer<typeof intentBodySchema>

/** `event`: something that happened. Append-only; each author's newest are kept by every member. */
export const eventBodySchema = z.looseObject({
  /** Stable name for programs. */
  name: z.string().regex(/^[a-z][a-z0-9.-]{0,63}$/),
  severity: z.enum(['info', 'warning', 'critical']),
  /** One sentence for people. */
  message: z.string().min(1).max(400),
  data: z.record(z.string().max(64), fieldValueSchema).optional(),
})
export type EventBody = z.infer<typeof eventBodySchema>
