import { type FleetError, toFleetError } from '@wrale/kernel'
import { type Problem, problemContentType, problemOf } from '@wrale/protocol/api'

/** An error answer (RFC 9457). */
export function problemResponse(
  error: FleetError,
  issues?: Problem['issues'],
  headers: Record<string, string> = {},
): Response {
  const problem = problemOf(error, issues)
  const asked = problem.status === 401 ? { 'www-authenticate': 'Bearer' } : {}
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': problemContentType, 'cache-control': 'no-store', ...asked, ...headers },
  })
}

export function problemOfThrown(thrown: unknown): Response {
  return problemResponse(toFleetError(thrown))
}
