import { ORPCError } from '@orpc/client'
import { ValidationError } from '@orpc/contract'
import { errorCodes, FleetError, type FleetErrorCode, isFleetErrorCode, type Logger } from '@wrale/kernel'
import type { Problem } from '@wrale/protocol/api'
import { z } from 'zod'

type Issues = NonNullable<Problem['issues']>

const issuesSchema = z.object({ issues: z.array(z.object({ path: z.string(), message: z.string() })) })
const maxIssues = 20

/** A failure of a call in the form that goes over the wire: the code, a sentence, and where the input was wrong. */
export function wireErrorOf(thrown: unknown, logger: Logger): ORPCError<string, unknown> {
  if (thrown instanceof ORPCError) {
    const { cause } = thrown
    if (thrown.code !== 'BAD_REQUEST' || !(cause instanceof ValidationError))
      return thrown as ORPCError<string, unknown>
    return wireError('INPUT_INVALID', 'the request does not fit its schema', { issues: issuesOf(cause) })
  }
  if (thrown instanceof FleetError) return wireError(thrown.code, thrown.message)
  logger.error('a call failed for a reason of our own', { error: thrown })
  return wireError('INTERNAL', 'the station failed; its log says why')
}

/** What a wire error says, for an answer in another form. */
export function fleetErrorOf(error: ORPCError<string, unknown>): { error: FleetError; issues: Issues | undefined } {
  const parsed = issuesSchema.safeParse(error.data)
  return {
    error: new FleetError(codeOf(error), error.message),
    issues: parsed.success ? parsed.data.issues : undefined,
  }
}

function codeOf({ code, status }: ORPCError<string, unknown>): FleetErrorCode {
  if (isFleetErrorCode(code)) return code
  if (status === 413) return 'TOO_LARGE'
  return status < 500 ? 'INPUT_INVALID' : 'INTERNAL'
}

function wireError(code: FleetErrorCode, message: string, data?: unknown): ORPCError<string, unknown> {
  return new ORPCError<string, unknown>(code, { status: errorCodes[code].http, message, data })
}

function issuesOf({ issues }: ValidationError): Issues {
  return issues.slice(0, maxIssues).map(({ path, message }) => ({
    path: (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
    message,
  }))
}
