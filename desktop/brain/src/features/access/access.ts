import { type Clock, FleetError, type Logger } from '@wrale/kernel'
import type { Session, SignInLink } from '@wrale/protocol/api'
import type { Database } from '../../store/database.ts'
import { BrowserSessions } from './browser-sessions.ts'
import { GuessLimit } from './guess-limit.ts'
import { openLocalToken } from './local-token.ts'
import { hashOf, sameHash } from './secrets.ts'
import { SignInLinks } from './sign-in-links.ts'

export interface AccessDeps {
  readonly database: Database
  readonly clock: Clock
  readonly logger: Logger
}

/** What a caller showed. */
export interface Credentials {
  readonly bearer?: string | undefined
  readonly cookie?: string | undefined
}

/** Who may speak to this station, and how they prove it. */
export class Access {
  readonly #deps: AccessDeps
  readonly #tokenHash: Buffer
  readonly #startedAtWallMs: number
  readonly #links: SignInLinks
  readonly #sessions: BrowserSessions
  readonly #guesses: GuessLimit

  private constructor(deps: AccessDeps, tokenHash: Buffer) {
    this.#deps = deps
    this.#tokenHash = tokenHash
    this.#startedAtWallMs = deps.clock.wallMs()
    this.#links = new SignInLinks(deps.clock)
    this.#sessions = new BrowserSessions(deps.database, deps.clock)
    this.#guesses = new GuessLimit(deps.clock)
  }

  /** @param tokenFile where the token for programs on the same machine is, made when it is not there */
  static async open(deps: AccessDeps, tokenFile: string): Promise<Access> {
    return new Access(deps, await openLocalToken(tokenFile))
  }

  /**
   * @param caller address of the caller, for counting wrong attempts
   * @throws FleetError UNAUTHENTICATED, or RATE_LIMITED after too many wrong attempts
   */
  authenticate(credentials: Credentials, caller: string): Session {
    const session = this.#sessionOf(credentials)
    if (session !== undefined) return session
    const { bearer, cookie } = credentials
    if (bearer === undefined && cookie === undefined) throw new FleetError('UNAUTHENTICATED', 'sign in first')
    // A cookie that ran out is no guess.
    if (bearer !== undefined) this.#countGuess(caller)
    throw new FleetError('UNAUTHENTICATED', bearer === undefined ? 'the session is over' : 'the token is not valid')
  }

  /** Turns a one-time code into a session. @throws FleetError TOKEN_INVALID, TOKEN_USED_UP, TOKEN_EXPIRED, RATE_LIMITED */
  signIn(code: string, caller: string): { readonly secret: string; readonly session: Session } {
    this.#guesses.check(caller)
    try {
      this.#links.redeem(code)
    } catch (error) {
      this.#countGuess(caller)
      throw error
    }
    const { secret, session } = this.#sessions.create()
    this.#deps.logger.info('a browser signed in', { caller })
    return { secret, session: browserSession(session) }
  }

  signOut(cookie: string): void {
    this.#sessions.end(cookie)
  }

  /** @param baseUrl address of the station for browsers, without a path */
  createSignInLink(baseUrl: string): SignInLink {
    const { code, expiresAtWallMs } = this.#links.create()
    return { url: `${baseUrl}/sign-in#code=${code}`, expiresAt: new Date(expiresAtWallMs).toISOString() }
  }

  #sessionOf({ bearer, cookie }: Credentials): Session | undefined {
    if (bearer !== undefined && sameHash(hashOf(bearer), this.#tokenHash)) {
      return { kind: 'local', since: new Date(this.#startedAtWallMs).toISOString(), expiresAt: null }
    }
    const session = cookie === undefined ? undefined : this.#sessions.find(cookie)
    return session === undefined ? undefined : browserSession(session)
  }

  #countGuess(caller: string): void {
    this.#guesses.check(caller)
    this.#guesses.failed(caller)
    this.#deps.logger.warn('a sign-in failed', { caller })
  }
}

function browserSession(session: { sinceWallMs: number; expiresAtWallMs: number }): Session {
  return {
    kind: 'browser',
    since: new Date(session.sinceWallMs).toISOString(),
    expiresAt: new Date(session.expiresAtWallMs).toISOString(),
  }
}
