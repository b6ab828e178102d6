import { FleetError, isFleetErrorCode } from '@wrale/kernel'
import { problemSchema, sessionSchema } from '@wrale/protocol/api'
import { originOf, type StationChoice, withStation } from './connect.ts'
import type { Terminal } from './print.ts'
import { keepSession } from './sessions.ts'

/** Prints a new one-time link that signs in a browser. */
export async function printSignInLink(terminal: Terminal, choice: StationChoice): Promise<void> {
  const { url, expiresAt } = await withStation(choice, ({ client }) => client.session.createSignInLink())
  terminal.out.write(`${url}\n`)
  terminal.err.write(`Good for one browser until ${expiresAt}.\n`)
}

/** Uses a one-time link up to sign this user in to another station; later commands name it with --server. */
export async function login(terminal: Terminal, link: string): Promise<void> {
  const origin = originOf(link)
  const code = new URLSearchParams(new URL(link).hash.slice(1)).get('code')
  if (code === null) throw new FleetError('USAGE', 'the address is not a sign-in link: it ends with #code=…')
  const response = await post(new URL('/api/v1/session', origin), { code })
  const body: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw errorOf(response.status, body)
  const session = sessionSchema.safeParse(body)
  const cookie = response.headers.getSetCookie()[0]?.split(';', 1)[0]
  if (!session.success || cookie === undefined) {
    throw new FleetError('PROTOCOL_MISMATCH', 'the station’s answer does not fit this version of wrale')
  }
  await keepSession(origin, cookie, session.data.expiresAt ?? new Date().toISOString())
  terminal.err.write(
    `Signed in to ${origin} until ${session.data.expiresAt ?? 'now'}. Use it with --server ${origin}\n`,
  )
}

async function post(url: URL, body: object): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    })
  } catch (error) {
    throw new FleetError('UNAVAILABLE', `no station answers at ${url.origin}`, {}, { cause: error })
  }
}

function errorOf(status: number, body: unknown): FleetError {
  const problem = problemSchema.safeParse(body)
  if (!problem.success) return new FleetError('UNAVAILABLE', `the address answered ${status} and is not a station`)
  const { code, detail, title } = problem.data
  return new FleetError(isFleetErrorCode(code) ? code : 'INTERNAL', detail ?? title)
}
