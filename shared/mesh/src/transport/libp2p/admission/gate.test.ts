import type { Connection } from '@libp2p/interface'
import { FleetError } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { expect, test } from 'vitest'
import { Gate } from './gate.ts'

function connection(id: string): Connection {
  return { id } as Connection
}

function setup(maxPending = 10): { clock: VirtualClock; gate: Gate; overdue: string[] } {
  const clock = new VirtualClock()
  const overdue: string[] = []
  const gate = new Gate(clock, {
    maxPending,
    deadlineMs: 1000,
    onOverdue: ({ id }, { code }) => overdue.push(`${id} ${code}`),
  })
  return { clock, gate, overdue }
}

test('those who wait learn the outcome, also when they ask late', async () => {
  const { gate } = setup()
  const [good, bad] = [connection('good'), connection('bad')]
  gate.open(good)
  gate.open(bad)
  const waiting = gate.whenAdmitted(good)
  gate.admit(good)
  gate.refuse(bad, new FleetError('NOT_MEMBER', 'no'))
  await expect(waiting).resolves.toBeUndefined()
  await expect(gate.whenAdmitted(bad)).rejects.toMatchObject({ code: 'NOT_MEMBER' })
  gate.closed(bad)
  await expect(gate.whenAdmitted(bad)).rejects.toMatchObject({ code: 'NOT_MEMBER' })
})

test('the first outcome stands', async () => {
  const { gate } = setup()
  const one = connection('one')
  gate.open(one)
  gate.admit(one)
  gate.refuse(one, new FleetError('NOT_MEMBER', 'no'))
  expect(gate.standing(one)).toBe('admitted')
})

test('a connection that was never opened, or closed early, is not admitted', async () => {
  const { gate } = setup()
  const [unknown, closed] = [connection('unknown'), connection('closed')]
  gate.open(closed)
  gate.closed(closed)
  gate.admit(closed)
  await expect(gate.whenAdmitted(unknown)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await expect(gate.whenAdmitted(closed)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect([gate.standing(unknown), gate.standing(closed)]).toEqual(['unknown', 'refused'])
})

test('who waits too long is refused, unless given more time', async () => {
  const { clock, gate, overdue } = setup()
  const [slow, enrolling, member] = ['slow', 'enrolling', 'member'].map(connection)
  for (const one of [slow, enrolling, member]) gate.open(one!)
  gate.admit(member!)
  gate.extend(enrolling!, 5000)
  await clock.advance(1000)
  expect(overdue).toEqual(['slow TIMEOUT'])
  await clock.advance(4000)
  expect(overdue).toEqual(['slow TIMEOUT', 'enrolling TIMEOUT'])
  expect(gate.standing(member!)).toBe('admitted')
})

test('the one that waited longest makes room', () => {
  const { gate, overdue } = setup(2)
  for (const id of ['a', 'b', 'c']) gate.open(connection(id))
  expect(overdue).toEqual(['a RATE_LIMITED'])
  expect(gate.pending().map(({ id }) => id)).toEqual(['b', 'c'])
})
