import { z } from 'zod'
import { metricNames, metricNameSchema } from '../metrics.ts'

/** Most points of one series, and of all series of an answer. */
export const maxHistoryPoints = 2000
const maxPointsOfAnswer = 20_000

const timeMs = z.number().int().min(-8.64e15).max(8.64e15)

/** What a node's own history is asked. Times are ms since the Unix epoch by the node's clock; `toMs` is not included. */
export const nodeHistoryQuerySchema = z.strictObject({
  metrics: z.array(metricNameSchema).min(1).max(metricNames.length).optional(),
  fromMs: timeMs,
  toMs: timeMs,
  maxPoints: z.number().int().min(2).max(maxHistoryPoints).optional(),
})
export type NodeHistoryQuery = z.infer<typeof nodeHistoryQuerySchema>

/** Start of the step, mean, lowest, highest, number of samples. */
const pointSchema = z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()])

export const nodeHistoryAnswerSchema = z.object({
  fromMs: timeMs,
  toMs: timeMs,
  stepMs: z.number().min(1),
  /** A metric that this software does not know is passed over by whoever reads it. */
  series: z
    .array(z.object({ metric: z.string().max(64), unit: z.string().max(32), points: z.array(pointSchema) }))
    .max(256)
    .refine((series) => series.reduce((sum, { points }) => sum + points.length, 0) <= maxPointsOfAnswer * 2, {
      message: 'too many points',
    }),
  /** False when a part on disk could not be read. */
  complete: z.boolean(),
})
export type NodeHistoryAnswer = z.infer<typeof nodeHistoryAnswerSchema>
