import { z } from 'zod'
import { peerIdSchema } from '../ids.ts'
import { fieldValueSchema } from '../records/intent.ts'
import { timestampSchema } from './node.ts'

export const eventSeveritySchema = z.enum(['info', 'warning', 'critical'])

/** Something that happened, as its author recorded it. */
export const eventSchema = z.object({
  /** `author/seq`: the same on every station. */
  id: z.string(),
  at: timestampSchema,
  author: z.object({ id: peerIdSchema, name: z.string() }),
  /** Stable name for programs, such as `security.hello-refused`. */
  name: z.string(),
  severity: eventSeveritySchema,
  message: z.string(),
  data: z.record(z.string(), fieldValueSchema).optional(),
})
export type EventView = z.infer<typeof eventSchema>

export const eventsQuerySchema = z.object({
  /** Events of this member, or about it. */
  member: peerIdSchema.optional(),
  severity: eventSeveritySchema.optional(),
  /** Beginning of the name, such as `security.`. */
  name: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(200).optional(),
})
