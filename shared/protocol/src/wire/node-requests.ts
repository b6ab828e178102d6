import { z } from 'zod'
import { diagRequestSchema, diagRunIdSchema } from '../node/diagnostics.ts'
import { lineLevelSchema } from '../node/hardware.ts'
import { nodeHistoryQuerySchema } from '../node/history.ts'
import { overrideRequestSchema, whySchema, wishKindSchema } from '../node/safety.ts'
import { simulatorRequestSchema } from '../node/simulator.ts'

/** A station asks a node how it is. Nothing is changed by it. */
export const nodeQueryProtocol = '/wrale/node-query/1'
export const maxNodeQueryBytes = 256 * 1024

export const nodeQuerySchema = z.discriminatedUnion('ask', [
  z.looseObject({ ask: z.literal('hardware') }),
  z.looseObject({ ask: z.literal('safety') }),
  z.looseObject({ ask: z.literal('maintenance') }),
  z.looseObject({ ask: z.literal('diagnostics') }),
  z.looseObject({ ask: z.literal('diag-run'), run: diagRunIdSchema }),
  z.looseObject({ ask: z.literal('simulator') }),
])
export type NodeQuery = z.infer<typeof nodeQuerySchema>

/** What a node measured, as it kept it. Apart from the other questions, because answers are large. */
export const nodeHistoryProtocol = '/wrale/node-history/1'
export const maxNodeHistoryBytes = 2 * 1024 * 1024
export const nodeHistoryRequestSchema = nodeHistoryQuerySchema

/** A station has a node do something. */
export const nodeCommandProtocol = '/wrale/node-command/1'
export const maxNodeCommandBytes = 64 * 1024
/** Longest that a command may be under way, ms. */
export const maxCommandLifeMs = 10 * 60_000

export const nodeCommandSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('set-line'), line: z.string().min(1).max(32), level: lineLevelSchema }),
  z.strictObject({ do: z.literal('override'), override: overrideRequestSchema }),
  z.strictObject({ do: z.literal('end-override'), kind: wishKindSchema }),
  z.strictObject({ do: z.literal('reset-tamper'), why: whySchema }),
  z.strictObject({ do: z.literal('diag-start'), request: diagRequestSchema }),
  z.strictObject({ do: z.literal('diag-stop'), run: diagRunIdSchema }),
  z.strictObject({ do: z.literal('simulate'), change: simulatorRequestSchema }),
])
export type NodeCommand = z.infer<typeof nodeCommandSchema>

/** Who it was that asked the station. */
export const commandCallerSchema = z.enum(['local', 'browser', 'desktop'])
export type CommandCaller = z.infer<typeof commandCallerSchema>

/** A command with what keeps it from being carried out twice, or too late. */
export const nodeCommandRequestSchema = z.looseObject({
  /** The same for every time that the same command is sent. */
  id: diagRunIdSchema,
  /** Fleet time after which it must not be carried out any more, ms since the Unix epoch. */
  expiresAtMs: z.number().int(),
  caller: commandCallerSchema,
  command: nodeCommandSchema,
})
export type NodeCommandRequest = z.infer<typeof nodeCommandRequestSchema>
