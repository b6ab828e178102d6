import { FleetError } from '@wrale/kernel'
import type { ClaimedMachine } from '@wrale/mesh'
import type { MemberView, Session } from '@wrale/protocol/api'
import type { Certificate } from '@wrale/protocol/signing'
import { expect, it } from 'vitest'
import { idOf } from '../../testing/ids.ts'
import type { Candidate } from '../fleet/fleet.ts'
import { Claims } from './claims.ts'

const session: Session = { kind: 'browser', since: '2026-01-01T00:00:00.000Z', expiresAt: null }
const machine: ClaimedMachine = { id: idOf(7), name: 'roof-1', role: 'node', software: '0' }

interface Parts {
  readonly found?: ClaimedMachine
  readonly mayCertify?: boolean
  readonly out?: boolean
}

function setup({ found = machine, mayCertify = true, out = false }: Parts = {}) {
  const certified: Candidate[] = []
  const granted: string[] = []
  const deeds: Array<{ kind: string; severity?: string | undefined }> = []
  const claims = new Claims({
    fleet: {
      checkMayCertify() {
        if (!mayCertify) throw new FleetError('UNAVAILABLE', 'may not')
      },
      async certify(candidate) {
        certified.push(candidate)
        return candidate as unknown as Certificate
      },
    },
    search: { look: () => [], claim: (_code, certify) => certify(found) },
    standing: {
      checkMayJoin() {
        if (out) throw new FleetError('FORBIDDEN', 'out')
      },
      certificateOf: () => undefined,
      nowMs: () => 0,
    },
    members: { get: (id) => ({ id }) as MemberView },
    granted: async ({ subject }) => void granted.push(subject),
    audit: { record: ({ kind, severity }) => void deeds.push({ kind, severity }) },
  })
  return { claims, certified, granted, deeds }
}

it('takes a machine in under the name that it has, or is given', async () => {
  const { claims, certified, granted, deeds } = setup()
  expect(await claims.claim({ code: 'x' }, session)).toEqual({ id: machine.id })
  await claims.claim({ code: 'x', name: 'roof-9' }, session)
  expect(certified).toMatchObject([
    { subject: machine.id, role: 'node', name: 'roof-1' },
    { subject: machine.id, role: 'node', name: 'roof-9' },
  ])
  expect(granted).toEqual([machine.id, machine.id])
  expect(deeds).toEqual([
    { kind: 'member-claimed', severity: 'info' },
    { kind: 'member-claimed', severity: 'info' },
  ])
})

it('tells of a station louder', async () => {
  const { claims, deeds } = setup({ found: { ...machine, role: 'station' } })
  await claims.claim({ code: 'x' }, session)
  expect(deeds).toEqual([{ kind: 'member-claimed', severity: 'warning' }])
})

it.each([
  ['of another role than expected', {}, { role: 'station' as const }, 'CONFLICT'],
  ['that the fleet put out', { out: true }, {}, 'FORBIDDEN'],
  ['when this station may not sign', { mayCertify: false }, {}, 'UNAVAILABLE'],
])('signs nothing for a machine %s', async (_what, parts, request, code) => {
  const { claims, certified, granted, deeds } = setup(parts)
  await expect(claims.claim({ code: 'x', ...request }, session)).rejects.toMatchObject({ code })
  expect([certified, granted, deeds]).toEqual([[], [], []])
})
