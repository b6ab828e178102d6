import { sessionLifeMs, type Station } from '@wrale/brain'
import { describeIssues } from '@wrale/protocol'
import { FleetError } from '@wrale/kernel'
import { z } from 'zod'
import { cookieValue } from './authenticate.ts'

export const signInRequestSchema = z.strictObject({ code: z.string().min(1).max(256) })

/** Exchanges the code of a one-time link for a session cookie. @throws FleetError as `Access.signIn`, or INPUT_INVALID */
export async function signIn(
  request: Request,
  station: Pick<Station, 'access'>,
  caller: string,
  cookieName: string,
): Promise<Response> {
  const { code } = await readBody(request)
  const { secret, session } = station.access.signIn(code, caller)
  return Response.json(session, {
    status: 201,
    headers: { 'set-cookie': setCookie(cookieName, secret, sessionLifeMs / 1000), 'cache-control': 'no-store' },
  })
}

/** Ends the session of the cookie, if there is one; whoever has none is signed out already. */
export function signOut(request: Request, station: Pick<Station, 'access'>, cookieName: string): Response {
  const secret = cookieValue(request.headers.get('cookie') ?? undefined, cookieName)
  if (secret !== undefined) station.access.signOut(secret)
  return new Response(null, {
    status: 204,
    headers: { 'set-cookie': setCookie(cookieName, '', 0), 'cache-control': 'no-store' },
  })
}

async function readBody(request: Request): Promise<z.output<typeof signInRequestSchema>> {
  let body: unknown
  try {
    body = await request.json()
  } catch (error) {
    throw new FleetError('INPUT_INVALID', 'the body is not JSON', {}, { cause: error })
  }
  const parsed = signInRequestSchema.safeParse(body)
  if (!parsed.success) throw new FleetError('INPUT_INVALID', describeIssues(parsed.error), {}, { cause: parsed.error })
  return parsed.data
}

function setCookie(name: string, value: string, maxAgeSeconds: number): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}`
}
