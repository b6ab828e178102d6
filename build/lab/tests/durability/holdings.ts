import { z } from 'zod'

/** What a replica holds, as it travels between the processes of a test: sealed records in base64, and the marks that go with them. */
export const holdingsSchema = z.object({ records: z.array(z.string()), marks: z.record(z.string(), z.number()) })
export type Holdings = z.infer<typeof holdingsSchema>
