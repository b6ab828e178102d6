import { silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import type { Session } from '@wrale/protocol/api'
import { type EventBody, eventBodySchema, type FieldValue } from '@wrale/protocol/records'
import type { FieldState } from '@wrale/replica'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { idOf } from '../../testing/ids.ts'
import { Audit } from './audit.ts'

const by: Session = { kind: 'browser', since: '2026-01-01T00:00:00.000Z', expiresAt: null }
const object = { type: 'node', id: idOf(1) }

describe('the audit', () => {
  let clock: VirtualClock
  let values: Record<string, FieldValue>
  let written: EventBody[]
  let audit: Audit

  beforeEach(() => {
    clock = new VirtualClock()
    values = {}
    written = []
    audit = new Audit({
      log: { write: async (body) => void written.push(eventBodySchema.parse(body)) },
      book: {
        fields: () =>
          new Map(
            Object.entries(values).map(([field, value]) => [
              field,
              { winner: { value }, conflicts: [] } as unknown as FieldState,
            ]),
          ),
      },
      clock,
      logger: silentLogger,
    })
  })

  afterEach(() => audit.stop())

  const change = (set: Record<string, FieldValue>, work = async () => undefined as void) =>
    audit.changed({ kind: 'node-changed', object, name: 'roof-1', set, by }, work)

  it('says who changed what, from what to what', async () => {
    values = { 'label/env': 'test', note: 'same' }
    await change({ 'label/env': 'prod', note: 'same', 'label/old': null })
    expect(written).toEqual([
      {
        name: 'audit.node-changed',
        severity: 'info',
        message: 'A browser changed node roof-1: label/env "test" → "prod"',
        data: {
          object: `node/${idOf(1)}`,
          about: idOf(1),
          by: 'browser',
          changes: [{ field: 'label/env', from: 'test', to: 'prod' }],
        },
      },
    ])
  })

  it('says nothing of what changed nothing, or failed', async () => {
    await change({ note: null })
    await expect(
      change({ note: 'x' }, async () => {
        throw new Error('no room')
      }),
    ).rejects.toThrow('no room')
    expect(written).toEqual([])
  })

  it('keeps an event small, however much was changed', async () => {
    await change(Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`label/l${index}`, 'x'.repeat(4000)])))
    expect(JSON.stringify(written[0]).length).toBeLessThan(6000)
    expect(written[0]?.data).toMatchObject({ further: 48 })
  })

  it('sums up a change of a thousand things, so that the log keeps what happened before', async () => {
    for (let index = 0; index < 1000; index++) await change({ 'label/env': `v${index}` })
    await clock.advance(5 * 60_000)
    expect(written).toHaveLength(33)
    expect(written.at(-1)).toMatchObject({
      message: expect.stringMatching(/^968 more changes of this kind, the last: A browser changed node roof-1/),
      data: { count: 968, by: 'browser' },
    })
  })
})
