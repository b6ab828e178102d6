import { type CallContext, fleetErrorOf, type Router, wireErrorOf } from '@wrale/brain'
import { FleetError, type Logger } from '@wrale/kernel'
import { problemOf } from '@wrale/protocol/api'
import type { ORPCError } from '@orpc/client'
import { OpenAPIHandler } from '@orpc/openapi/fetch'
import { allowedMethods } from './routes.ts'
import { problemResponse } from './problems.ts'

export const apiPrefix = '/api/v1'

/** Answers one REST call of a caller that is known. */
export type Api = (request: Request, context: CallContext) => Promise<Response>

/** The contract as REST: JSON in and out, errors as problem+json, live changes as server-sent events. */
export function restApi(router: Router, logger: Logger): Api {
  const handler = new OpenAPIHandler<CallContext>(router, {
    clientInterceptors: [
      async (call) => {
        try {
          return await call.next()
        } catch (error) {
          throw wireErrorOf(error, logger)
        }
      },
    ],
    customErrorResponseBodyEncoder: (thrown) => {
      const { error, issues } = fleetErrorOf(thrown as ORPCError<string, unknown>)
      return problemOf(error, issues)
    },
  })
  return async (request, context) => {
    // HEAD is GET without the body, which the server leaves out.
    const asked = request.method === 'HEAD' ? new Request(request, { method: 'GET' }) : request
    const { matched, response } = await handler.handle(asked, { prefix: apiPrefix, context })
    if (!matched) return unmatched(request)
    return response.status < 400 ? uncached(response) : asProblem(response)
  }
}

function unmatched(request: Request): Response {
  const path = new URL(request.url).pathname.slice(apiPrefix.length)
  const methods = allowedMethods(path)
  if (methods.length === 0) return problemResponse(new FleetError('NOT_FOUND', 'there is nothing at this path'))
  const error = new FleetError('METHOD_NOT_ALLOWED', `this path takes ${methods.join(', ')}`)
  return problemResponse(error, undefined, { allow: methods.join(', ') })
}

function uncached(response: Response): Response {
  response.headers.set('cache-control', 'no-store')
  return response
}

/** The status of the body, which knows our codes, is the one that counts. */
async function asProblem(response: Response): Promise<Response> {
  const body = await response.text()
  const { status } = JSON.parse(body) as { status: number }
  return new Response(body, {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  })
}
