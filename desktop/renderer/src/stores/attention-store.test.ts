import { FleetError } from '@wrale/kernel'
import type { Conflict, PendingClaim } from '@wrale/protocol/api'
import { describe, expect, test } from 'vitest'
import { idOf, nowMs } from '../model/testing/nodes.ts'
import { createAttentionStore } from './attention-store.ts'

const at = new Date(nowMs).toISOString()
const claim: PendingClaim = {
  id: idOf(1),
  name: 'fresh-1',
  role: 'node',
  model: null,
  software: '0.1.0',
  address: '/ip4/10.0.0.1/tcp/4001',
  firstSeen: at,
  lastSeen: at,
}
const held = { value: 'prod', author: { id: idOf(900), name: 'office' }, at }
const conflict: Conflict = {
  object: { type: 'node', id: idOf(1) },
  name: 'roof-1',
  field: 'label/env',
  holds: held,
  lost: [held],
}
const signal = new AbortController().signal

describe('what waits for a person', () => {
  test('is counted once the station told of it', async () => {
    const store = createAttentionStore({ pendingClaims: async () => [claim], conflicts: async () => [conflict] })
    expect(store.getState()).toMatchObject({ claims: 0, conflicts: undefined })
    await store.getState().lookForClaims(signal)
    await store.getState().lookForConflicts(signal)
    expect(store.getState()).toMatchObject({ claims: 1, conflicts: [conflict] })
  })

  test('stays as it was when a look fails, or when nobody waits for its answer any more', async () => {
    let answer = async (): Promise<readonly PendingClaim[]> => [claim]
    const store = createAttentionStore({ pendingClaims: async () => answer(), conflicts: async () => [] })
    await store.getState().lookForClaims(signal)
    answer = () => Promise.reject(new FleetError('UNAVAILABLE', 'gone'))
    await store.getState().lookForClaims(signal)
    expect(store.getState().claims).toBe(1)
    answer = async () => []
    await store.getState().lookForClaims(AbortSignal.abort())
    expect(store.getState().claims).toBe(1)
    await store.getState().lookForClaims(signal)
    expect(store.getState().claims).toBe(0)
  })
})
