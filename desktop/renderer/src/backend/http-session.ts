import { FleetError, isFleetErrorCode } from '@wrale/kernel'
import { problemSchema, type Session, sessionSchema } from '@wrale/protocol/api'

const path = '/api/v1/session'
const timeoutMs = 10_000

/** Signing in and out sets a cookie that scripts cannot read, so these two calls are plain HTTP instead of RPC. */
export async function signInOverHttp(code: string): Promise<Session> {
  const response = await send({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  })
  const session = sessionSchema.safeParse(await bodyOf(response))
  if (!session.success)
    throw new FleetError('PROTOCOL_MISMATCH', 'the station’s answer does not fit this version: reload the page')
  return session.data
}

export async function signOutOverHttp(): Promise<void> {
  await send({ method: 'DELETE' })
}

async function send(init: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(path, { ...init, credentials: 'same-origin', signal: AbortSignal.timeout(timeoutMs) })
  } catch (error) {
    throw new FleetError('UNAVAILABLE', 'the station cannot be reached', {}, { cause: error })
  }
  if (!response.ok) throw await errorOf(response)
  return response
}

async function errorOf(response: Response): Promise<FleetError> {
  const problem = problemSchema.safeParse(await bodyOf(response))
  if (!problem.success)
    return new FleetError(
      response.status >= 500 ? 'INTERNAL' : 'INPUT_INVALID',
      `the station answered ${response.status}`,
    )
  const { code, detail, title } = problem.data
  return new FleetError(isFleetErrorCode(code) ? code : 'INTERNAL', detail ?? title)
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    return undefined
  }
}
