import { z } from 'zod'

const name = z.string().min(1).max(64)
const text = z.string().max(200)
const count = z.number().int().min(0).max(256)

/** Names a run: chosen by who asks for it. */
export const diagRunIdSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{3,47}$/, 'must be the id of a run')

export const diagStatusSchema = z.enum(['pass', 'warn', 'fail', 'skip'])
export type DiagStatus = z.infer<typeof diagStatusSchema>

export const diagRequestSchema = z.strictObject({
  /** Put the machine under load as well, within limits of temperature and supply. */
  load: z.boolean().default(false),
  /** Names of tests. Default: all. */
  tests: z.array(name).min(1).max(64).optional(),
})
export type DiagRequest = z.infer<typeof diagRequestSchema>

export const diagResultSchema = z.object({
  name,
  title: text,
  status: diagStatusSchema,
  /** What was found, with its unit. */
  reading: text.optional(),
  /** What it was held against. */
  expected: text.optional(),
  /** One sentence: what it means, or why it was not run. */
  detail: z.string().max(400),
  durationMs: z.number().min(0),
})
export type DiagResult = z.infer<typeof diagResultSchema>

export const diagReportSchema = z.object({
  id: diagRunIdSchema,
  /** Of the node, when it ran. */
  node: z.object({ id: z.string().max(64), name, model: z.string().max(128), software: z.string().max(64) }),
  /** Who asked for it: a station, or the schedule. */
  by: z.string().max(128),
  load: z.boolean(),
  /** By the node's clock. */
  startedAt: z.iso.datetime({ precision: 3 }),
  durationMs: z.number().min(0),
  /** The worst of its tests. */
  status: diagStatusSchema,
  /** Why it was broken off, when it was. */
  aborted: z.string().max(240).optional(),
  results: z.array(diagResultSchema).max(256),
})
export type DiagReport = z.infer<typeof diagReportSchema>

/** How far a run has come. */
export const diagProgressSchema = z.object({
  done: count,
  of: count,
  /** Title of the test that is under way. */
  current: text.optional(),
})
export type DiagProgress = z.infer<typeof diagProgressSchema>

/** A run under way, one that ended, or one that failed before it had a report. */
export const diagRunSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('running'), id: diagRunIdSchema, load: z.boolean(), progress: diagProgressSchema }),
  z.object({ state: z.literal('done'), id: diagRunIdSchema, report: diagReportSchema }),
  z.object({
    state: z.literal('failed'),
    id: diagRunIdSchema,
    problem: z.object({ code: z.string().max(40), message: z.string().max(240) }),
  }),
])
export type DiagRun = z.infer<typeof diagRunSchema>

/** A run as lists name it. */
export const diagSummarySchema = z.object({
  id: diagRunIdSchema,
  state: z.enum(['running', 'done', 'failed']),
  load: z.boolean().optional(),
  by: z.string().max(128).optional(),
  startedAt: z.iso.datetime({ precision: 3 }).optional(),
  durationMs: z.number().min(0).optional(),
  /** How many tests came out how. */
  counts: z.record(diagStatusSchema, count).optional(),
  aborted: z.string().max(240).optional(),
})
export type DiagSummary = z.infer<typeof diagSummarySchema>

export const diagTestSchema = z.object({
  name,
  title: text,
  /** It puts the machine under load. */
  load: z.boolean().optional(),
})
export type DiagTest = z.infer<typeof diagTestSchema>

export const diagListSchema = z.object({
  /** The newest first. */
  items: z.array(diagSummarySchema).max(64),
  /** What a run can have. */
  tests: z.array(diagTestSchema).max(256),
  /** When one is run by itself, in words; null when none is. */
  schedule: text.nullable(),
})
export type DiagList = z.infer<typeof diagListSchema>

const order: readonly DiagStatus[] = ['skip', 'pass', 'warn', 'fail']

/** What a run as a whole comes to. */
export function worstStatus(results: readonly Pick<DiagResult, 'status'>[]): DiagStatus {
  return results.reduce<DiagStatus>(
    (worst, { status }) => (order.indexOf(status) > order.indexOf(worst) ? status : worst),
    'skip',
  )
}
