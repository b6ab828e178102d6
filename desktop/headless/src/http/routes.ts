import { type AnyContractRouter, isContractProcedure } from '@orpc/contract'
import { contract } from '@wrale/protocol/api'

interface Route {
  readonly method: string
  readonly pattern: RegExp
}

/** Paths that this server has besides those of the contract. */
const ownRoutes: readonly Route[] = [
  { method: 'POST', pattern: /^\/session$/ },
  { method: 'DELETE', pattern: /^\/session$/ },
  { method: 'GET', pattern: /^\/nodes\/[^/]+\/diagnostics\/[^/]+\/report$/ },
  { method: 'GET', pattern: /^\/openapi\.json$/ },
]

const routes: readonly Route[] = [...routesOf(contract), ...ownRoutes]

/** Methods of a path below the API's prefix; none when there is no such path. */
export function allowedMethods(path: string): string[] {
  return [...new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))]
}

function routesOf(router: AnyContractRouter): Route[] {
  if (!isContractProcedure(router)) return Object.values(router).flatMap(routesOf)
  const { method, path } = router['~orpc'].route
  if (method === undefined || path === undefined) return []
  return [{ method, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`) }]
}
