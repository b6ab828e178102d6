import { FleetError } from '@wrale/kernel'
import { createdJoinTokenSchema, nodeSchema, problemSchema, signInLinkSchema } from '@wrale/protocol/api'
import { z } from 'zod'

const REQUEST_TIMEOUT_MS = 5000

/** What the demo needs to know of a node. */
const seenNodeSchema = nodeSchema.pick({ name: true, state: true, reasons: true, lastSeen: true })
export type SeenNode = z.infer<typeof seenNodeSchema>
const nodeListSchema = z.object({ items: z.array(seenNodeSchema) })

/** The part of a station's API that the demo uses. Every call fails with UNAVAILABLE when the station does not answer, or not now. */
export class StationApi {
  readonly #url: string
  readonly #token: string

  /** @param token the station's local token */
  constructor(url: string, token: string) {
    this.#url = url
    this.#token = token
  }

  async createJoinToken(name: string, ttlSeconds: number, maxUses: number): Promise<string> {
    const answer = await this.#request('POST', '/api/v1/join-tokens', { name, ttlSeconds, maxUses })
    return createdJoinTokenSchema.parse(answer).token
  }

  async createSignInLink(): Promise<{ url: string; expiresAt: Date }> {
    const { url, expiresAt } = signInLinkSchema.parse(await this.#request('POST', '/api/v1/sign-in-links', {}))
    return { url, expiresAt: new Date(expiresAt) }
  }

  async nodes(): Promise<readonly SeenNode[]> {
    return nodeListSchema.parse(await this.#request('GET', '/api/v1/nodes')).items
  }

  async #request(method: string, path: string, body?: object): Promise<unknown> {
    const init = {
      method,
      headers: { authorization: `Bearer ${this.#token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    }
    const { response, answer } = await exchange(new URL(path, this.#url), init)
    if (response.ok) return answer
    const problem = problemSchema.safeParse(answer).data
    // What passes by itself is as good as no answer; the rest is a mistake of one side.
    const code = response.status >= 500 || response.status === 429 ? 'UNAVAILABLE' : 'INTERNAL'
    throw new FleetError(code, `the station answered ${response.status} to ${path}: ${problem?.detail ?? ''}`)
  }
}

async function exchange(url: URL, init: RequestInit): Promise<{ response: Response; answer: unknown }> {
  try {
    const response = await fetch(url, init)
    return { response, answer: await response.json() }
  } catch (error) {
    throw new FleetError('UNAVAILABLE', `the station does not answer: ${String(error)}`, {}, { cause: error })
  }
}
