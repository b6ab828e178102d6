import { randomBytes } from 'node:crypto'
import type { FleetError } from '@wrale/kernel'
import { failurePage } from './failure-page.ts'
import { pageHeaders } from './headers.ts'
import { mediaTypeOf } from './media-types.ts'
import { appOrigin, failurePath, isAppUrl } from './scheme.ts'
import type { Site } from './site.ts'

/** What is read of a request. Electron adds who issued it; a page cannot forge that. */
export interface PageRequest {
  readonly url: string
  readonly method: string
  readonly initiatorOrigin?: string | null
}

export interface PageHandlerDeps {
  readonly site: Site
  /** Why there is no station, for the failure page; undefined when there is one. */
  readonly failure: () => FleetError | undefined
}

export type PageHandler = (request: PageRequest) => Promise<Response>

const indexPath = '/index.html'
/** Stands in `index.html` wherever the nonce of the answer goes. */
const noncePlaceholder = '__CSP_NONCE__'
/** Last segment of a path that names a file; everything else is a place inside the app. */
const fileName = /\.[a-z0-9]{1,12}$/i

/** Answers the requests of the app's scheme from the built renderer. It never throws and never reads anything else. */
export function createPageHandler(deps: PageHandlerDeps, newNonce = randomNonce): PageHandler {
  const { site, failure } = deps

  const answer = async (request: PageRequest, nonce: string): Promise<Response> => {
    if (!isAppUrl(request.url) || !isOwn(request.initiatorOrigin)) return refusal(404, nonce)
    if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405, nonce)
    const path = decodedPath(request.url)
    if (path === undefined) return refusal(400, nonce)

    const error = failure()
    if (path === failurePath && error !== undefined) return page(failurePage(error, nonce), nonce, request)
    const file = path === '/' || path === indexPath ? undefined : await site.read(path)
    if (file !== undefined) return body(file, mediaTypeOf(path), nonce, request)
    if (fileName.test(path) && path !== indexPath) return refusal(404, nonce)
    const index = new TextDecoder().decode(await site.read(indexPath))
    return page(index.replaceAll(noncePlaceholder, nonce), nonce, request)
  }

  return async (request) => {
    const nonce = newNonce()
    return answer(request, nonce).catch(() => refusal(500, nonce))
  }
}

function randomNonce(): string {
  return randomBytes(16).toString('base64')
}

function isOwn(initiator: string | null | undefined): boolean {
  return initiator === undefined || initiator === appOrigin
}

function decodedPath(url: string): string | undefined {
  try {
    return decodeURIComponent(new URL(url).pathname)
  } catch {
    return undefined
  }
}

function page(html: string, nonce: string, request: PageRequest): Response {
  return body(new TextEncoder().encode(html), mediaTypeOf(indexPath), nonce, request)
}

function body(content: Uint8Array<ArrayBuffer>, mediaType: string, nonce: string, { method }: PageRequest): Response {
  const headers = { ...pageHeaders(mediaType, nonce), 'content-length': String(content.byteLength) }
  return new Response(method === 'HEAD' ? null : content, { headers })
}

function refusal(status: number, nonce: string): Response {
  return new Response(null, { status, headers: pageHeaders(mediaTypeOf('/refusal.txt'), nonce) })
}
