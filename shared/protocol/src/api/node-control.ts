import { z } from 'zod'
import { peerIdSchema } from '../ids.ts'
import { metricNames, metricNameSchema } from '../metrics.ts'
import { diagRequestSchema, diagRunIdSchema } from '../node/diagnostics.ts'
import { hardwareViewSchema, lineLevelSchema } from '../node/hardware.ts'
import { maxHistoryPoints } from '../node/history.ts'
import { maintenanceViewSchema } from '../node/maintenance.ts'
import { overrideRequestSchema, safetyViewSchema, whySchema, wishKindSchema } from '../node/safety.ts'
import { simulatorRequestSchema, simulatorViewSchema } from '../node/simulator.ts'
import { timestampSchema } from './node.ts'

/** When the node said it, by this station's clock: several who ask within a moment are given one answer. */
const answered = { at: timestampSchema }

export const nodeHardwareSchema = hardwareViewSchema.extend(answered)
export type NodeHardware = z.infer<typeof nodeHardwareSchema>

export const nodeSafetySchema = safetyViewSchema.extend(answered)
export type NodeSafety = z.infer<typeof nodeSafetySchema>

export const nodeMaintenanceSchema = maintenanceViewSchema.extend(answered)
export type NodeMaintenance = z.infer<typeof nodeMaintenanceSchema>

export const nodeSimulatorSchema = simulatorViewSchema.extend(answered)
export type NodeSimulator = z.infer<typeof nodeSimulatorSchema>

const id = { id: peerIdSchema }

export const setLineRequestSchema = z.object({ ...id, name: z.string().min(1).max(32), level: lineLevelSchema })
/** The level that was read back. */
export const setLineAnswerSchema = z.object({ name: z.string(), level: lineLevelSchema })

export const nodeOverrideRequestSchema = overrideRequestSchema.extend(id)
export const endOverrideRequestSchema = z.object({ ...id, kind: wishKindSchema })
export const resetTamperRequestSchema = z.object({ ...id, why: whySchema })
export const diagStartRequestSchema = diagRequestSchema.extend(id)
export const diagRunRequestSchema = z.object({ ...id, run: diagRunIdSchema })
export const simulateRequestSchema = simulatorRequestSchema.safeExtend(id)

export const nodeHistoryRequestSchema = z.object({
  ...id,
  /** Default: one hour before `to`. */
  from: z.iso.datetime({ offset: true }).optional(),
  /** Default: now. */
  to: z.iso.datetime({ offset: true }).optional(),
  /** Default: all. */
  metrics: z.union([metricNameSchema, z.array(metricNameSchema).min(1).max(metricNames.length)]).optional(),
  /** Most points of a series. Default 300. */
  maxPoints: z.coerce.number().int().min(2).max(maxHistoryPoints).optional(),
})
export type NodeHistoryRequest = z.infer<typeof nodeHistoryRequestSchema>

/** Milliseconds since the Unix epoch at the start of the step, mean, lowest, highest; those are null where only the mean is known. */
const pointSchema = z.tuple([z.number(), z.number(), z.number().nullable(), z.number().nullable()])

/** The node's own record at full rate, and before and after it what this station was told. */
export const nodeHistorySchema = z.object({
  from: timestampSchema,
  to: timestampSchema,
  stepSeconds: z.number(),
  series: z.array(z.object({ metric: metricNameSchema, unit: z.string(), points: z.array(pointSchema) })),
  /** Which part is from where, in order of time; times without samples are in none. */
  parts: z.array(z.object({ from: timestampSchema, to: timestampSchema, source: z.enum(['node', 'station']) })),
  /** False when the node could not read a part of its own record. */
  complete: z.boolean(),
  /** Why the node was not asked, or did not answer; all is from this station then. */
  problem: z.object({ code: z.string(), message: z.string() }).optional(),
})
export type NodeHistory = z.infer<typeof nodeHistorySchema>
