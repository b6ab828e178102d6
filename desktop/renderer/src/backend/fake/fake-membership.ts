import { FleetError } from '@wrale/kernel'
import type { JoinTokenView, MemberView, Node as FleetNode, PendingClaim } from '@wrale/protocol/api'
import type { MembershipPort } from '../operator-ports.ts'
import { fakeId, fakeStations } from './fleet.ts'

const hour = 3_600_000
const day = 24 * hour
const words =
  'harvest lunar gravel tunnel spare oxygen cabin prefer maple dutch winter ankle river basic polar hint sketch vapor orbit tribe cushion alert gentle wheel'.split(
    ' ',
  )
const codes: Readonly<Record<string, number>> = { '7Q3KM2PX0F8D': 0, '1111AAAA2222': 1 }

/** Members, tokens and machines that wait, as far as screens can tell. @param nodes of the fleet as they are now */
export function fakeMembership(nodes: () => readonly FleetNode[], startMs: number): MembershipPort {
  const at = (ms: number): string => new Date(ms).toISOString()
  const changed = new Map<string, Partial<MemberView>>()
  const claimed: MemberView[] = []
  let waiting = fakeClaims(startMs)
  let tokens = fakeTokens(startMs)
  let tries = 0

  const members = (): MemberView[] => [
    ...fakeStations.map((station, index) =>
      memberOf(station, 'station', index, startMs, at(Date.now() - index * 3000)),
    ),
    ...nodes().map((node, index) => memberOf(node, 'node', index, startMs, node.lastSeen)),
    ...claimed,
    ...pastMembers(startMs),
  ]
  return {
    members: async () => members().map((member) => ({ ...member, ...changed.get(member.id) })),
    async revokeMember(id, reason) {
      await travel()
      changed.set(id, {
        state: 'revoked',
        revokedAt: at(Date.now()),
        revokedBy: fakeStations[0] ?? null,
        reason: reason ?? null,
      })
    },
    pendingClaims: async () => waiting.map((one) => ({ ...one, lastSeen: at(Date.now() - 2000) })),
    async claim({ code, name }) {
      await travel()
      tries += 1
      if (tries > 6) throw new FleetError('RATE_LIMITED', 'Too many tries: wait a minute.')
      const machine = waiting.find(
        ({ id }) => id === fakeId(200_000 + (codes[code.replaceAll(/[^0-9A-Z]/g, '')] ?? 99)),
      )
      if (machine === undefined) throw new FleetError('NOT_FOUND', 'No machine that waits here has this code.')
      waiting = waiting.filter((one) => one !== machine)
      const member = { id: machine.id, name: name ?? machine.name }
      claimed.push(memberOf(member, machine.role, 90, startMs, at(Date.now())))
      return member
    },
    joinTokens: async () => tokens,
    async createJoinToken({ name, ttlSeconds, maxUses }) {
      const id = `a1b2c3d4e5f6${String(tokens.length).padStart(4, '0')}`
      const token: JoinTokenView = {
        id,
        name,
        createdAt: at(Date.now()),
        expiresAt: at(Date.now() + ttlSeconds * 1000),
        maxUses,
        uses: 0,
        revoked: false,
      }
      tokens = [token, ...tokens]
      return { ...token, token: 'WRALE1-EXAMPLE-7Q3K-M2PX-0F8D-ZT5C-HV94-9T3B-K4QW-2MNE-88RA' }
    },
    async revokeJoinToken(id) {
      tokens = tokens.map((token) => (token.id === id ? { ...token, revoked: true } : token))
    },
    async recoveryKit() {
      await travel()
      return { fleet: 'North valley', words }
    },
  }
}

/** A call takes a moment. */
function travel(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 250))
}

function memberOf(
  { id, name }: Pick<MemberView, 'id' | 'name'>,
  role: MemberView['role'],
  index: number,
  startMs: number,
  lastSeen: string | null,
): MemberView {
  const issuedAt = new Date(startMs - (40 - (index % 30)) * day).toISOString()
  return {
    id,
    name,
    role,
    state: 'active',
    self: role === 'station' && index === 0,
    admin: role === 'station',
    serial: (0x9f_3c_21 + index * 7919).toString(16),
    issuedAt,
    issuedBy: role === 'station' && index === 0 ? null : (fakeStations[index % 2] ?? null),
    expiresAt: null,
    lastSeen,
    revokedAt: null,
    revokedBy: null,
    reason: null,
    replacedBy: null,
    clonedAt: role === 'node' && index === 9 ? ['/ip4/192.168.1.41/tcp/4001', '/ip4/192.168.1.77/tcp/4001'] : [],
  }
}

function pastMembers(startMs: number): MemberView[] {
  const by = fakeStations[0] ?? null
  const past = (index: number, name: string, change: Partial<MemberView>): MemberView => ({
    ...memberOf(
      { id: fakeId(300_000 + index), name },
      'node',
      index,
      startMs,
      new Date(startMs - 9 * day).toISOString(),
    ),
    ...change,
  })
  const revokedAt = new Date(startMs - 8 * day).toISOString()
  return [
    past(1, 'mast-9', { state: 'revoked', revokedAt, revokedBy: by, reason: 'stolen from the mast' }),
    past(2, 'shed-0', { state: 'replaced', replacedBy: { id: fakeId(5), name: 'shed-1' } }),
    past(3, 'loan-1', { state: 'expired', expiresAt: new Date(startMs - 2 * day).toISOString() }),
  ]
}

function fakeClaims(startMs: number): PendingClaim[] {
  const machine = (index: number, name: string, model: string | null, minutes: number): PendingClaim => ({
    id: fakeId(200_000 + index),
    name,
    role: 'node',
    model,
    software: '0.1.0',
    address: `/ip4/192.168.1.${61 + index}/tcp/4001`,
    hint: index === 0 ? '7' : '1',
    firstSeen: new Date(startMs - minutes * 60_000).toISOString(),
    lastSeen: new Date(startMs).toISOString(),
  })
  return [machine(0, 'raspberrypi', 'Raspberry Pi 5 Model B Rev 1.0', 4), machine(1, 'pump-new', null, 71)]
}

function fakeTokens(startMs: number): JoinTokenView[] {
  const token = (index: number, name: string, maxUses: number, uses: number, expiresMs: number): JoinTokenView => ({
    id: `00ff${index}a7c93d1e0b24`,
    name,
    createdAt: new Date(startMs - 20 * hour).toISOString(),
    expiresAt: new Date(startMs + expiresMs).toISOString(),
    maxUses,
    uses,
    revoked: false,
  })
  return [
    token(1, 'spring batch', 50, 12, 4 * hour),
    token(2, 'from the web UI', 1, 1, 3 * hour),
    token(3, 'yesterday', 5, 0, -2 * hour),
    { ...token(4, 'lost card', 10, 2, 6 * day), revoked: true },
  ]
}
