import { errorCodes, type FleetError, type FleetErrorCode } from '@wrale/kernel'
import { z } from 'zod'

/** Media type of error answers (RFC 9457). */
export const problemContentType = 'application/problem+json'

/** An error answer: RFC 9457's members, and the code that the CLI and the UI show. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
  code: z.string(),
  /** Where the input was wrong, when it was. */
  issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})
export type Problem = z.infer<typeof problemSchema>

const titles: Partial<Record<FleetErrorCode, string>> = {
  INPUT_INVALID: 'The request does not fit its schema',
  UNAUTHENTICATED: 'Sign in first',
  FORBIDDEN: 'Not allowed',
  NOT_FOUND: 'Not found',
  METHOD_NOT_ALLOWED: 'This path has no such method',
  CONFLICT: 'It conflicts with what is there',
  TOO_LARGE: 'Too large',
  RATE_LIMITED: 'Too many requests',
  UNAVAILABLE: 'Not available now',
  TIMEOUT: 'It took too long',
  INTERNAL: 'The station failed',
}

export function problemOf(error: FleetError, issues?: Problem['issues']): Problem {
  return {
    type: `urn:wrale:error:${error.code.toLowerCase()}`,
    title: titles[error.code] ?? error.code,
    status: errorCodes[error.code].http,
    detail: error.message,
    code: error.code,
    ...(issues === undefined ? {} : { issues }),
  }
}
