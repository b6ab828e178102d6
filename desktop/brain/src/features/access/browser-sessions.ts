import type { Clock } from '@wrale/kernel'
import type { Database } from '../../store/database.ts'
import { hashOf, newSecret } from './secrets.ts'

/** How long a browser stays signed in, ms. */
export const sessionLifeMs = 12 * 3_600_000
/** Most browsers signed in at the same time; a further one takes the place of the one that signed in first. */
const maxSessions = 256

export interface BrowserSession {
  readonly sinceWallMs: number
  readonly expiresAtWallMs: number
}

/** Browsers that are signed in. Only hashes of their cookies are stored; they outlive a restart of the station. */
export class BrowserSessions {
  readonly #database: Database
  readonly #clock: Clock

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  /** @returns the secret for the cookie, shown this once */
  create(): { readonly secret: string; readonly session: BrowserSession } {
    const secret = newSecret()
    const now = Math.round(this.#clock.wallMs())
    const session = { sinceWallMs: now, expiresAtWallMs: now + sessionLifeMs }
    this.#database.write(() => {
      this.#database.prepare('DELETE FROM session WHERE expires <= ?').run(now)
      this.#database
        .prepare('DELETE FROM session WHERE hash IN (SELECT hash FROM session ORDER BY since DESC LIMIT -1 OFFSET ?)')
        .run(maxSessions - 1)
      this.#database
        .prepare('INSERT INTO session (hash, since, expires) VALUES (?, ?, ?)')
        .run(hashOf(secret), session.sinceWallMs, session.expiresAtWallMs)
    })
    return { secret, session }
  }

  /** The session of a cookie, or undefined when there is none or its time is over. A clock set back does not lengthen it. */
  find(secret: string): BrowserSession | undefined {
    const row = this.#database.prepare('SELECT since, expires FROM session WHERE hash = ?').get(hashOf(secret))
    if (row === undefined) return undefined
    const session = { sinceWallMs: Number(row['since']), expiresAtWallMs: Number(row['expires']) }
    const now = this.#clock.wallMs()
    return now < session.expiresAtWallMs && now >= session.sinceWallMs - sessionLifeMs ? session : undefined
  }

  end(secret: string): void {
    this.#database.write(() => this.#database.prepare('DELETE FROM session WHERE hash = ?').run(hashOf(secret)))
  }
}
