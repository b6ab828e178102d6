import { z } from 'zod'
import { peerIdSchema } from '../ids.ts'
import { metricNameSchema } from '../metrics.ts'
import { timestampSchema } from './node.ts'

/** Most points that one series answers with; a smaller step is widened to fit. */
export const maxSeriesPoints = 2000

export const metricsQuerySchema = z.object({
  id: peerIdSchema,
  /** Default: one hour before `to`. */
  from: z.iso.datetime({ offset: true }).optional(),
  /** Default: now. */
  to: z.iso.datetime({ offset: true }).optional(),
  /** Seconds between two points. Default: the range divided by 300, at least 1. */
  step: z.coerce.number().min(1).max(86_400).optional(),
})

/** Points are [milliseconds since the Unix epoch at the start of the step, mean in the step]; a step without data has no point. */
export const seriesSchema = z.object({
  metric: metricNameSchema,
  unit: z.string(),
  points: z.array(z.tuple([z.number(), z.number()])),
})
export type Series = z.infer<typeof seriesSchema>

export const metricsAnswerSchema = z.object({
  from: timestampSchema,
  to: timestampSchema,
  stepSeconds: z.number(),
  series: z.array(seriesSchema),
})
export type MetricsAnswer = z.infer<typeof metricsAnswerSchema>
