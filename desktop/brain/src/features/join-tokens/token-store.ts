import type { PeerIdText } from '@wrale/protocol'
import type { Database } from '../../store/database.ts'

/** A join token as the station keeps it. The secret never leaves the station's private store. */
export interface StoredToken {
  readonly id: Uint8Array
  readonly secret: Uint8Array
  readonly name: string
  readonly createdAtWallMs: number
  readonly expiresAtWallMs: number
  readonly maxUses: number
  /** How long the certificates that it gives are good, ms; null: for ever. */
  readonly membershipTtlMs: number | null
  readonly revoked: boolean
  /** Members that joined with it. */
  readonly uses: number
}

export interface StoredGrant {
  readonly subject: PeerIdText
  /** Sealed certificate. */
  readonly certificate: Uint8Array
}

/** In the place of a token's id: members that were taken in by their claim code. */
export const claimGrants = new Uint8Array(0)

const columns = `id, secret, name, created, expires, max_uses, membership_ttl, revoked,
  (SELECT count(*) FROM join_grant WHERE join_grant.token = join_token.id) AS uses`

export class TokenStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  add(token: Omit<StoredToken, 'uses' | 'revoked'>): void {
    const { id, secret, name, createdAtWallMs, expiresAtWallMs, maxUses, membershipTtlMs } = token
    this.#database.write(() =>
      this.#database
        .prepare(
          'INSERT INTO join_token (id, secret, name, created, expires, max_uses, membership_ttl) VALUES (?, ?, ?, ?, ?, ?, ?)',
        )
        .run(id, secret, name, createdAtWallMs, expiresAtWallMs, maxUses, membershipTtlMs),
    )
  }

  /** Nobody joins with it any more. */
  revoke(id: Uint8Array): void {
    this.#database.write(() => this.#database.prepare('UPDATE join_token SET revoked = 1 WHERE id = ?').run(id))
  }

  /** The newest first. */
  list(): StoredToken[] {
    return this.#database.prepare(`SELECT ${columns} FROM join_token ORDER BY created DESC, id`).all().map(tokenOf)
  }

  find(id: Uint8Array): StoredToken | undefined {
    const row = this.#database.prepare(`SELECT ${columns} FROM join_token WHERE id = ?`).get(id)
    return row === undefined ? undefined : tokenOf(row)
  }

  /** Removes tokens that expired before a time. What they granted stays. */
  removeExpired(beforeWallMs: number): void {
    this.#database.write(() => this.#database.prepare('DELETE FROM join_token WHERE expires < ?').run(beforeWallMs))
  }

  grantOf(token: Uint8Array, subject: PeerIdText): StoredGrant | undefined {
    const row = this.#database
      .prepare('SELECT subject, certificate FROM join_grant WHERE token = ? AND subject = ?')
      .get(token, subject)
    return row === undefined ? undefined : grantOf(row)
  }

  /** A new certificate of the same member takes the place of the old one. */
  addGrant(token: Uint8Array, grant: StoredGrant, atWallMs: number): void {
    this.#database.write(() =>
      this.#database
        .prepare('INSERT OR REPLACE INTO join_grant (token, subject, at, certificate) VALUES (?, ?, ?, ?)')
        .run(token, grant.subject, Math.round(atWallMs), grant.certificate),
    )
  }

  /** Everything granted, the newest last, so that who joined and was never heard is still known after a restart. */
  grants(): StoredGrant[] {
    return this.#database.prepare('SELECT subject, certificate FROM join_grant ORDER BY at').all().map(grantOf)
  }
}

type Row = Readonly<Record<string, unknown>>

function tokenOf(row: Row): StoredToken {
  return {
    id: row['id'] as Uint8Array,
    secret: row['secret'] as Uint8Array,
    name: String(row['name']),
    createdAtWallMs: Number(row['created']),
    expiresAtWallMs: Number(row['expires']),
    maxUses: Number(row['max_uses']),
    membershipTtlMs: row['membership_ttl'] === null ? null : Number(row['membership_ttl']),
    revoked: Number(row['revoked']) !== 0,
    uses: Number(row['uses']),
  }
}

function grantOf(row: Row): StoredGrant {
  return { subject: row['subject'] as PeerIdText, certificate: row['certificate'] as Uint8Array }
}
