import { type LogFields, type Logger, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../store/database.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { Access } from './access.ts'

const hour = 3_600_000
const caller = '127.0.0.1'

describe('Access', () => {
  let folder: string
  let clock: VirtualClock
  let database: Database
  let access: Access
  let logged: string

  const tokenFile = (): string => join(folder, 'local.token')
  const token = (): string => readFileSync(tokenFile(), 'utf8').trim()
  const codeOf = (): string => new URL(access.createSignInLink('http://127.0.0.1:7420').url).hash.replace('#code=', '')
  const open = async (): Promise<void> => {
    const log = (message: string, fields: LogFields = {}): void =>
      void (logged += JSON.stringify({ message, ...fields }))
    const logger: Logger = { ...silentLogger, info: log, warn: log, error: log, debug: log }
    access = await Access.open({ database, clock, logger }, tokenFile())
  }

  beforeEach(async () => {
    folder = temporaryFolder()
    clock = new VirtualClock()
    logged = ''
    database = openDatabase(join(folder, 'station.db'))
    await open()
  })

  afterEach(() => database.close())

  it('knows programs of the same machine by a token that only its owner can read and that stays', async () => {
    expect(statSync(tokenFile()).mode & 0o777).toBe(0o600)
    const before = token()
    expect(access.authenticate({ bearer: before }, caller)).toMatchObject({ kind: 'local', expiresAt: null })
    await open()
    expect(token()).toBe(before)
  })

  it('replaces a token file that holds no token', async () => {
    writeFileSync(tokenFile(), 'short')
    await open()
    expect(token()).toMatch(/^[\w-]{43}$/)
    expect(() => access.authenticate({ bearer: 'short' }, caller)).toThrow('not valid')
  })

  it('refuses who shows nothing or something wrong', () => {
    expect(() => access.authenticate({}, caller)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }))
    expect(() => access.authenticate({ bearer: `${token()}x` }, caller)).toThrow(
      expect.objectContaining({ code: 'UNAUTHENTICATED' }),
    )
    expect(() => access.authenticate({ cookie: token() }, caller)).toThrow(
      expect.objectContaining({ code: 'UNAUTHENTICATED' }),
    )
  })

  it('signs in one browser with a link, once', () => {
    const code = codeOf()
    const { secret, session } = access.signIn(code, caller)
    expect(session.kind).toBe('browser')
    expect(access.authenticate({ cookie: secret }, caller)).toEqual(session)
    expect(() => access.signIn(code, caller)).toThrow(expect.objectContaining({ code: 'TOKEN_USED_UP' }))
    expect(() => access.signIn('unknown', caller)).toThrow(expect.objectContaining({ code: 'TOKEN_INVALID' }))
  })

  it('ends a link after 15 minutes, whatever happens to the wall clock', async () => {
    const code = codeOf()
    clock.setWall(0)
    await clock.advance(15 * 60_000)
    expect(() => access.signIn(code, caller)).toThrow(expect.objectContaining({ code: 'TOKEN_EXPIRED' }))
  })

  it('ends a session after 12 hours', async () => {
    const { secret } = access.signIn(codeOf(), caller)
    await clock.advance(12 * hour - 1)
    expect(access.authenticate({ cookie: secret }, caller).kind).toBe('browser')
    await clock.advance(1)
    expect(() => access.authenticate({ cookie: secret }, caller)).toThrow('the session is over')
  })

  it('keeps a session over a restart, and ends it when its browser signs out', async () => {
    const { secret } = access.signIn(codeOf(), caller)
    await open()
    expect(access.authenticate({ cookie: secret }, caller).kind).toBe('browser')
    access.signOut(secret)
    expect(() => access.authenticate({ cookie: secret }, caller)).toThrow('the session is over')
  })

  it('holds a bounded number of sessions: the oldest makes room', async () => {
    const first = access.signIn(codeOf(), caller).secret
    for (let browser = 0; browser < 256; browser++) {
      await clock.advance(1)
      access.signIn(codeOf(), caller)
    }
    expect(() => access.authenticate({ cookie: first }, caller)).toThrow('the session is over')
    expect(database.prepare('SELECT count(*) AS n FROM session').get()).toEqual({ n: 256 })
  })

  it('makes whoever guesses wait, but not whoever has the right token', async () => {
    for (let guess = 0; guess < 10; guess++) {
      expect(() => access.signIn(`guess-${guess}`, caller)).toThrow(expect.objectContaining({ code: 'TOKEN_INVALID' }))
    }
    const code = codeOf()
    expect(() => access.signIn(code, caller)).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }))
    expect(access.authenticate({ bearer: token() }, caller).kind).toBe('local')
    await clock.advance(60_001)
    expect(access.signIn(code, caller).session.kind).toBe('browser')
  })

  it('limits guesses of many callers together', () => {
    for (let guess = 0; guess < 100; guess++) {
      expect(() => access.authenticate({ bearer: 'wrong' }, `192.0.2.${guess}`)).toThrow('not valid')
    }
    expect(() => access.signIn(codeOf(), '198.51.100.1')).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }))
  })

  it('leaves no code and no cookie on disk or in the log', () => {
    const code = codeOf()
    const { secret } = access.signIn(code, caller)
    database.exec('PRAGMA wal_checkpoint(FULL)')
    const kept = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
    for (const text of [...kept, logged]) {
      expect(text).not.toContain(secret)
      expect(text).not.toContain(code)
    }
    expect(logged).toContain('a browser signed in')
  })
})
