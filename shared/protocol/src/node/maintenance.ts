import { z } from 'zod'

const name = z.string().min(1).max(64)
const sentence = z.string().max(400)

/** What a node knows of its own wear. */
export const maintenanceViewSchema = z.object({
  /** Kept across restarts: `runSeconds`, `fanSeconds`, `temperatureCycles`, `bytesWritten` and the like. */
  counters: z.array(z.object({ name, label: z.string().max(80), value: z.number(), unit: name })).max(64),
  starts: z.number().int().min(0),
  /** How often each cause ended it: `clean`, `power-lost`, `watchdog`, `crash`. */
  shutdowns: z.record(name, z.number().int().min(0)),
  lastShutdown: z.object({ cause: name, detail: sentence.optional() }).nullable(),
  /** When parts are taken to reach the end of their life, where the data say so. */
  predictions: z
    .array(
      z.object({
        part: name,
        label: z.string().max(80),
        /** Part of its life that is used up; left out when that cannot be told. */
        usedRatio: z.number().min(0).optional(),
        remainingDays: z.number().min(0).optional(),
        /** How it was found, for people. */
        reasoning: sentence,
      }),
    )
    .max(16),
})
export type MaintenanceView = z.infer<typeof maintenanceViewSchema>
