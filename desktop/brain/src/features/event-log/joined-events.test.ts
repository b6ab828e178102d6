import { Emitter, silentLogger } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { EventBody } from '@wrale/protocol/records'
import { expect, it } from 'vitest'
import { idOf } from '../../testing/ids.ts'
import { JoinedEvents } from './joined-events.ts'

it('records who joined, once, and not one who fetches the certificate again', async () => {
  const granted = new Emitter<{ subject: PeerIdText; role: 'node'; name: string }>()
  const known = new Set<PeerIdText>()
  const written: EventBody[] = []
  const events = new JoinedEvents({
    granted,
    members: { get: (id) => (known.has(id) ? {} : undefined) },
    log: { write: async (body) => void written.push(body) },
    logger: silentLogger,
  })
  await events.start()
  await events.start()
  const certificate = { subject: idOf(1), role: 'node', name: 'roof-1' } as const
  granted.emit(certificate)
  known.add(idOf(1))
  granted.emit(certificate)
  expect(written).toEqual([
    {
      name: 'member.joined',
      severity: 'info',
      message: 'roof-1 joined the fleet as a node',
      data: { about: idOf(1), role: 'node' },
    },
  ])
  await events.stop()
  granted.emit({ ...certificate, subject: idOf(2) })
  expect(written).toHaveLength(1)
})
