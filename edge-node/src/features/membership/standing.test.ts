import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FleetError, silentLogger, type Startable } from '@wrale/kernel'
import type { Membership } from '@wrale/mesh'
import type { FleetId } from '@wrale/protocol'
import { encodeJoinToken, type JoinToken } from '@wrale/protocol/membership'
import { VirtualClock } from '@wrale/kernel/testing'
import { generateIdentity, issueCertificate } from '@wrale/protocol/signing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Standing, type StandingOptions } from './standing.ts'
import { MembershipStore } from './store.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

async function makeNode() {
  const folder = mkdtempSync(join(tmpdir(), 'wrale-standing-'))
  folders.push(folder)
  const root = await generateIdentity()
  const self = await generateIdentity()
  const fleet = root.id as string as FleetId
  const certificate = await issueCertificate(
    { fleet, fleetName: 'Test', subject: self.id, role: 'node', name: 'n', serial: new Uint8Array(16), notBefore: 0 },
    root,
  )
  const token = encodeJoinToken({ fleet, id: new Uint8Array(8), secret: new Uint8Array(16), expiresAtSeconds: 1 })
  const store = new MembershipStore({ file: (name) => join(folder, name) })
  return { self: self.id, store, token, membership: { fleet, certificate } }
}

const claimCode = 'K7QF-2MPA-XR3T'

/** An attempt to join, or a wait to be claimed, that the test ends as it likes. */
class Attempts {
  readonly signals: AbortSignal[] = []
  readonly waits: AbortSignal[] = []
  #settle: { resolve: (membership: Membership) => void; reject: (error: unknown) => void } | undefined

  readonly enrol = (_token: JoinToken, signal: AbortSignal): Promise<Membership> => {
    this.signals.push(signal)
    return this.#attempt(signal)
  }

  readonly wait = async (keep: (membership: Membership) => Promise<void>, signal: AbortSignal): Promise<Membership> => {
    this.waits.push(signal)
    const membership = await this.#attempt(signal)
    await keep(membership)
    return membership
  }

  #attempt(signal: AbortSignal): Promise<Membership> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      signal.addEventListener('abort', () => reject(new FleetError('ABORTED', 'given up')))
    })
  }
  grant(membership: Membership): void {
    this.#settle?.resolve(membership)
  }
  refuse(error: unknown): void {
    this.#settle?.reject(error)
  }
}

function makeStanding(node: Awaited<ReturnType<typeof makeNode>>, options: StandingOptions = {}) {
  const attempts = new Attempts()
  const log: string[] = []
  const session: Startable = { start: async () => void log.push('start'), stop: async () => void log.push('stop') }
  const failures: unknown[] = []
  const standing = new Standing(
    {
      self: node.self,
      store: node.store,
      enrol: attempts.enrol,
      claim: { code: claimCode, wait: attempts.wait },
      clock: new VirtualClock(),
      session: async () => session,
      failed: (error) => failures.push(error),
      logger: silentLogger,
    },
    options,
  )
  return { standing, attempts, log, failures }
}

/** Waits for a change that follows from promises and files alone. */
async function eventually(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: 10_000, interval: 5 })
}

describe('Standing', () => {
  it('stays unclaimed without a token', async () => {
    const { standing, attempts } = makeStanding(await makeNode())
    await standing.start()
    expect(standing.view).toEqual({ standing: 'unclaimed', claimCode })
    expect(attempts.signals).toHaveLength(0)
    await standing.stop()
  })

  it('joins in the background, remembers it, and forgets the token', async () => {
    const node = await makeNode()
    const { standing, attempts, log } = makeStanding(node, { joinWith: node.token })
    await standing.start()
    expect(standing.view.standing).toBe('enrolling')
    expect(await node.store.pendingToken()).toBeDefined()
    attempts.grant(node.membership)
    await eventually(() => standing.view.standing === 'member')
    expect(await node.store.pendingToken()).toBeUndefined()
    await standing.stop()
    expect(log).toEqual(['start', 'stop'])

    const again = makeStanding(node)
    await again.standing.start()
    expect(again.standing.view).toMatchObject({ standing: 'member', fleetName: 'Test', name: 'n' })
    expect(again.attempts.signals).toHaveLength(0)
    await again.standing.stop()
  })

  it('tries again after a restart with a token that was not used yet', async () => {
    const node = await makeNode()
    const first = makeStanding(node, { joinWith: node.token })
    await first.standing.start()
    await first.standing.stop()
    expect(first.attempts.signals[0]?.aborted).toBe(true)
    const second = makeStanding(node)
    await second.standing.start()
    expect(second.standing.view.standing).toBe('enrolling')
    await second.standing.stop()
  })

  it('is unclaimed again when it is refused, and takes another token', async () => {
    const node = await makeNode()
    const { standing, attempts, failures } = makeStanding(node, { joinWith: node.token })
    await standing.start()
    attempts.refuse(new FleetError('TOKEN_EXPIRED', 'too late'))
    await eventually(() => standing.view.standing === 'unclaimed')
    expect(standing.view).toEqual({
      standing: 'unclaimed',
      claimCode,
      refused: { code: 'TOKEN_EXPIRED', message: 'too late' },
    })
    expect(failures).toEqual([])
    await standing.join(node.token)
    attempts.grant(node.membership)
    await eventually(() => standing.view.standing === 'member')
    await standing.stop()
  })

  it('keeps the token when the fault is on this side', async () => {
    const node = await makeNode()
    const { standing, attempts, failures } = makeStanding(node, { joinWith: node.token })
    await standing.start()
    attempts.refuse(new FleetError('PORT_IN_USE', 'port 4001 is in use'))
    await eventually(() => failures.length === 1)
    expect(await node.store.pendingToken()).toBeDefined()
    await standing.stop()
  })

  it('waits to be claimed while it has no token, and takes its place when it was', async () => {
    const node = await makeNode()
    const { standing, attempts, log } = makeStanding(node)
    await standing.start()
    expect(attempts.waits).toHaveLength(1)
    attempts.grant(node.membership)
    await eventually(() => standing.view.standing === 'member')
    expect(await node.store.peek(node.self)).toMatchObject({ fleet: node.membership.fleet })
    await standing.stop()
    expect(log).toEqual(['start', 'stop'])
  })

  it('does not wait to be claimed while it joins with a token, and does again when it was refused', async () => {
    const node = await makeNode()
    const { standing, attempts } = makeStanding(node)
    await standing.start()
    await standing.join(node.token)
    expect(attempts.waits.map(({ aborted }) => aborted)).toEqual([true])
    attempts.refuse(new FleetError('TOKEN_EXPIRED', 'too late'))
    await eventually(() => attempts.waits.length === 2)
    attempts.grant(node.membership)
    await eventually(() => standing.view.standing === 'member')
    await standing.stop()
  })

  it('knows that it was put out, and forgets nothing', async () => {
    const node = await makeNode()
    await node.store.save(node.membership)
    const { standing } = makeStanding(node)
    standing.putOut('stolen')
    await standing.start()
    expect(standing.view).toMatchObject({ standing: 'revoked', reason: 'stolen', fleetName: 'Test', name: 'n' })
    await expect(standing.join((await makeNode()).token)).rejects.toMatchObject({ code: 'CONFLICT' })
    await standing.stop()
    expect(await node.store.peek(node.self)).toBeDefined()
  })

  it('has one attempt at a time, the latest', async () => {
    const node = await makeNode()
    const { standing, attempts } = makeStanding(node)
    await standing.start()
    await Promise.all([standing.join(node.token), standing.join(node.token)])
    expect(attempts.signals.map(({ aborted }) => aborted)).toEqual([true, false])
    await standing.stop()
  })

  it('is loyal to its fleet', async () => {
    const node = await makeNode()
    await node.store.save(node.membership)
    const stranger = await makeNode()
    const { standing, attempts } = makeStanding(node, { joinWith: stranger.token })
    await standing.start()
    expect(standing.view).toMatchObject({ standing: 'member', fleet: node.membership.fleet })
    await expect(standing.join(stranger.token)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(standing.join(node.token)).resolves.toMatchObject({ standing: 'member' })
    await expect(standing.join('nonsense')).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
    expect(attempts.signals).toHaveLength(0)
    await standing.stop()
  })

  it('does not take another identity’s certificate for its own', async () => {
    const node = await makeNode()
    const other = await makeNode()
    await node.store.save(other.membership)
    await expect(node.store.peek(node.self)).rejects.toMatchObject({ code: 'STATE_DAMAGED' })
    expect(await node.store.load(node.self)).toMatchObject({
      membership: undefined,
      damaged: expect.stringContaining('.damaged') as string,
    })
    expect(await node.store.load(node.self)).toEqual({ membership: undefined, damaged: undefined })
  })
})
