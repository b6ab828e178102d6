import { getConnInfo } from '@hono/node-server/conninfo'
import type { Station } from '@wrale/brain'
import { FleetError, type Logger } from '@wrale/kernel'
import type { Session } from '@wrale/protocol/api'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { NONCE, secureHeaders } from 'hono/secure-headers'
import { apiPrefix, restApi } from './api.ts'
import { authenticate } from './authenticate.ts'
import { diagReportPage } from './diag-report.ts'
import { openApiDocument } from './openapi.ts'
import { type AcceptedHosts, checkHost, checkOrigin } from './origin.ts'
import { problemOfThrown, problemResponse } from './problems.ts'
import { signIn, signOut } from './session.ts'
import { type WebEnv, webUi } from './web.ts'

const maxBodyBytes = 256 * 1024
const safeMethods = ['GET', 'HEAD', 'OPTIONS']

export interface AppDeps {
  readonly station: Pick<Station, 'access' | 'router' | 'metrics' | 'problems'>
  readonly logger: Logger
}

export interface AppOptions {
  readonly acceptedHosts: AcceptedHosts
  readonly cookieName: () => string
  /** `/metrics` answers without a sign-in: only programs of this machine can ask. */
  readonly openMetrics: boolean
  readonly webRoot: string | undefined
}

/** Everything that is plain HTTP: the REST API, health, metrics and the web UI. */
export function stationApp(deps: AppDeps, options: AppOptions): Hono<WebEnv> {
  const { station, logger } = deps
  const { acceptedHosts, cookieName, openMetrics, webRoot } = options
  const api = restApi(station.router, logger)
  let document: ReturnType<typeof openApiDocument> | undefined

  const callerOf = (c: Context): string => getConnInfo(c).remote.address ?? 'unknown'
  const sessionOf = (c: Context): Session => {
    const shown = { authorization: c.req.header('authorization'), cookie: c.req.header('cookie'), caller: callerOf(c) }
    return authenticate(station, shown, cookieName())
  }

  const app = new Hono<WebEnv>()
  app.onError((error) => {
    if (!(error instanceof FleetError)) logger.error('a request failed for a reason of our own', { error })
    return error instanceof FleetError
      ? problemOfThrown(error)
      : problemResponse(new FleetError('INTERNAL', 'the station failed; its log says why'))
  })
  app.notFound(() => problemResponse(new FleetError('NOT_FOUND', 'there is nothing at this path')))
  app.use(securityHeaders())
  app.use(async (c, next) => {
    checkHost(c.req.header('host'), acceptedHosts)
    if (!safeMethods.includes(c.req.method)) checkOrigin(c.req.header('origin'), c.req.header('host'))
    await next()
  })
  app.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: () => problemResponse(new FleetError('TOO_LARGE', `a request body may have ${maxBodyBytes} bytes`)),
    }),
  )

  app.get('/livez', (c) => c.text('ok\n'))
  app.get('/readyz', (c) => {
    const problems = station.problems()
    return problems.length === 0 ? c.text('ok\n') : c.text(`${problems.join('\n')}\n`, 503)
  })
  app.get('/metrics', (c) => {
    if (!openMetrics) sessionOf(c)
    return c.text(station.metrics(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
  })

  app.get(`${apiPrefix}/openapi.json`, async (c) => c.json(await (document ??= openApiDocument())))
  app.post(`${apiPrefix}/session`, (c) => signIn(c.req.raw, station, callerOf(c), cookieName()))
  app.delete(`${apiPrefix}/session`, (c) => signOut(c.req.raw, station, cookieName()))
  app.get(`${apiPrefix}/nodes/:id/diagnostics/:run/report`, (c) =>
    diagReportPage(api, c.req.raw, { session: sessionOf(c) }, c.get('secureHeadersNonce')),
  )
  app.all(`${apiPrefix}/*`, (c) => api(c.req.raw, { session: sessionOf(c) }))
  app.all('/api/*', () => problemResponse(new FleetError('NOT_FOUND', `the API is at ${apiPrefix}`)))

  app.route('/', webUi(webRoot))
  return app
}

function securityHeaders(): ReturnType<typeof secureHeaders> {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", NONCE],
      imgSrc: ["'self'", 'data:'],
      // Older browsers do not count the WebSocket of the same host as 'self'.
      connectSrc: ["'self'", (c) => `ws://${hostOf(c)}`],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
    crossOriginResourcePolicy: 'same-origin',
    crossOriginOpenerPolicy: 'same-origin',
    referrerPolicy: 'no-referrer',
    xFrameOptions: 'DENY',
    permissionsPolicy: { camera: [], microphone: [], geolocation: [], usb: [], payment: [] },
    // Stations speak plain HTTP on a network without certificate authorities.
    strictTransportSecurity: false,
  })
}

/** The Host header where it is safe to repeat in a header of ours. */
function hostOf(c: Context): string {
  const host = c.req.header('host') ?? ''
  return /^[A-Za-z0-9.:[\]-]+$/.test(host) ? host : 'localhost'
}
