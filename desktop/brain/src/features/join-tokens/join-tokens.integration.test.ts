import { openStateDirectory } from '@wrale/host'
import { FleetError, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import type { PeerIdText } from '@wrale/protocol'
import { joinTokenRequestSchema } from '@wrale/protocol/api'
import { decodeJoinToken } from '@wrale/protocol/membership'
import { generateIdentity, verifyCertificate } from '@wrale/protocol/signing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../store/database.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { createFleet, type Fleet } from '../fleet/fleet.ts'
import { JoinTokens, type Standing } from './join-tokens.ts'
import { TokenStore } from './token-store.ts'

describe('JoinTokens', () => {
  let clock: VirtualClock
  let fleet: Fleet
  let database: Database
  let tokens: JoinTokens
  let stop: () => Promise<void>

  const out = new Set<PeerIdText>()
  const standing: Standing = {
    checkMayJoin(id) {
      if (out.has(id)) throw new FleetError('FORBIDDEN', 'put out')
    },
    certificateOf: () => undefined,
    nowMs: () => 5_000_000,
  }

  const make = (request: Partial<{ ttlSeconds: number; maxUses: number; membershipTtlSeconds: number }> = {}) =>
    decodeJoinToken(tokens.create(joinTokenRequestSchema.parse(request)).token)
  const joiner = async (name = 'roof-1') => ({ id: (await generateIdentity()).id, name })

  beforeEach(async () => {
    clock = new VirtualClock()
    const directory = await openStateDirectory(temporaryFolder())
    fleet = await createFleet({ directory, identity: await generateIdentity(), clock }, 'Test', 'desk')
    database = openDatabase(directory.file('station.db'))
    tokens = new JoinTokens({ fleet, store: new TokenStore(database), standing, clock, logger: silentLogger })
    stop = async () => {
      database.close()
      await directory.release()
    }
  })

  afterEach(() => stop())

  it('makes a token for this fleet whose secret only the desk tells', async () => {
    const token = make()
    expect(token.fleet).toBe(fleet.id)
    expect(await tokens.secretOf(token.id)).toEqual(token.secret)
    expect(JSON.stringify(tokens.list())).not.toContain(Buffer.from(token.secret).toString('hex'))
    expect(tokens.list()).toMatchObject([{ uses: 0, maxUses: 1, revoked: false, name: 'join token' }])
  })

  it('grants a certificate that the root key signed, and tells of it', async () => {
    const granted: string[] = []
    tokens.granted.subscribe(({ name }) => granted.push(name))
    const member = await joiner()
    const { sealed } = await tokens.grant(make().id, member)
    const certificate = await verifyCertificate(sealed, { fleet: fleet.id, subject: member.id })
    expect(certificate).toMatchObject({ role: 'node', name: 'roof-1', fleetName: 'Test' })
    expect(granted).toEqual(['roof-1'])
  })

  it('is used up after its number of joiners; one who joined may ask again', async () => {
    const { id } = make()
    const first = await joiner()
    const { sealed } = await tokens.grant(id, first)
    await expect(tokens.grant(id, await joiner())).rejects.toMatchObject({ code: 'TOKEN_USED_UP' })
    expect((await tokens.grant(id, first)).sealed).toEqual(sealed)
    expect(tokens.list()).toMatchObject([{ uses: 1 }])
  })

  it('does not give its last use to two who ask at the same time', async () => {
    const { id } = make({ maxUses: 2 })
    const joiners = await Promise.all(Array.from({ length: 5 }, () => joiner()))
    const outcomes = await Promise.allSettled(joiners.map((each) => tokens.grant(id, each)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
  })

  it('expires', async () => {
    const { id } = make({ ttlSeconds: 60 })
    await clock.advance(60_000)
    await expect(tokens.secretOf(id)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' })
    await expect(tokens.grant(id, await joiner())).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' })
  })

  it('is worth nothing once it was revoked; who joined stays', async () => {
    const { id } = make({ maxUses: 2 })
    await tokens.grant(id, await joiner())
    const hex = Buffer.from(id).toString('hex')
    expect(tokens.revoke(hex)).toMatchObject({ id: hex, revoked: true, uses: 1 })
    await expect(tokens.secretOf(id)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
    await expect(tokens.grant(id, await joiner())).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
    expect(tokens.list()).toMatchObject([{ revoked: true, uses: 1 }])
    expect(() => tokens.revoke('0'.repeat(16))).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
  })

  it('gives certificates that end, when it says so, by fleet time', async () => {
    const { id } = make({ membershipTtlSeconds: 7200 })
    expect((await tokens.grant(id, await joiner())).expiresAtMs).toBe(5_000_000 + 7_200_000)
    expect((await tokens.grant(make().id, await joiner())).expiresAtMs).toBeUndefined()
  })

  it('is not good for a key that the fleet put out', async () => {
    const member = await joiner()
    out.add(member.id)
    await expect(tokens.grant(make().id, member)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('is unknown elsewhere', async () => {
    await expect(tokens.secretOf(new Uint8Array(8))).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  it('is not forgotten over a restart, and neither is who joined', async () => {
    const token = make({ maxUses: 5 })
    const member = await joiner()
    await tokens.grant(token.id, member)
    const store = new TokenStore(database)
    const again = new JoinTokens({ fleet, store, standing, clock, logger: silentLogger })
    expect(await again.secretOf(token.id)).toEqual(token.secret)
    expect(again.list()).toMatchObject([{ uses: 1 }])
    expect(store.grants().map(({ subject }) => subject)).toEqual([member.id])
  })
})
