import { Emitter, type Logger, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { peerIdSchema } from '@wrale/protocol'
import type { ReplicaEntry } from '@wrale/replica'
import { describe, expect, it } from 'vitest'
import { FleetJournal } from './fleet-journal.ts'

const self = peerIdSchema.parse(`12D3KooW${'a'.repeat(44)}`)
const other = peerIdSchema.parse(`12D3KooW${'b'.repeat(44)}`)

function journal() {
  const told: Array<{ level: string; message: string; event: unknown }> = []
  const at =
    (level: string): Logger['info'] =>
    (message, fields) =>
      void told.push({ level, message, event: fields?.['event'] })
  const changed = new Emitter<ReplicaEntry>()
  const clock = new VirtualClock()
  const logger: Logger = { ...silentLogger, info: at('info'), warn: at('warn') }
  const subject = new FleetJournal({ self, changed, members: { get: () => undefined }, clock, logger })
  return { told, changed, clock, subject }
}

function entry(author: string, record: object, ageMs = 0): ReplicaEntry {
  return { record: { author, ...record }, heardAtMonotonicMs: -ageMs, heardAtWallMs: 0 } as unknown as ReplicaEntry
}

const event = (severity: string) => ({ kind: 'event', body: { name: 'tamper.opened', severity, message: 'Opened' } })

describe('the fleet’s journal on a node', () => {
  it('tells of a member when it is heard first, and of events as loud as they are', async () => {
    const { told, changed, subject } = journal()
    await subject.start()
    changed.emit(entry(other, { kind: 'status' }))
    changed.emit(entry(other, { kind: 'status' }))
    changed.emit(entry(other, event('info')))
    changed.emit(entry(other, event('critical')))
    expect(told.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'info a member is heard',
      'info a fleet event',
      'warn a fleet event',
    ])
  })

  it('does not retell what is old, what it said itself, nor anything once stopped', async () => {
    const { told, changed, subject } = journal()
    await subject.start()
    changed.emit(entry(other, event('critical'), 61_000))
    changed.emit(entry(self, event('critical')))
    await subject.stop()
    changed.emit(entry(other, event('critical')))
    expect(told).toEqual([])
  })
})
