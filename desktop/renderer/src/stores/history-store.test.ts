import { FleetError } from '@wrale/kernel'
import type { MetricsAnswer } from '@wrale/protocol/api'
import { expect, test } from 'vitest'
import { idOf } from '../model/testing/nodes.ts'
import { createHistoryStore } from './history-store.ts'

const answer = (value: number): MetricsAnswer => ({
  from: '2026-01-01T00:00:00.000Z',
  to: '2026-01-01T01:00:00.000Z',
  stepSeconds: 12,
  series: [{ metric: 'load1', unit: 'count', points: [[1000, value]] }],
})

/** A station whose answers the test gives by hand. */
function handDriven() {
  const calls: { resolve: (answer: MetricsAnswer) => void; reject: (error: Error) => void; signal: AbortSignal }[] = []
  const store = createHistoryStore(
    {
      metrics: (_id, _range, signal) => new Promise((resolve, reject) => void calls.push({ resolve, reject, signal })),
    },
    idOf(1),
  )
  const settle = async (): Promise<void> => {
    await Promise.resolve()
    await Promise.resolve()
  }
  return { calls, store, settle }
}

test('a newer question overtakes an older one, whichever answer comes first', async () => {
  const { calls, store, settle } = handDriven()
  void store.getState().load(0, 1)
  void store.getState().load(0, 2)
  expect(calls[0]?.signal.aborted).toBe(true)
  calls[1]?.resolve(answer(2))
  calls[0]?.resolve(answer(1))
  await settle()
  expect(store.getState().history.get('load1')).toEqual([[1000, 2]])
  expect(store.getState().stepSeconds).toBe(12)
})

test('a failed reload keeps what was there', async () => {
  const { calls, store, settle } = handDriven()
  void store.getState().load(0, 1)
  calls[0]?.resolve(answer(1))
  await settle()
  void store.getState().load(0, 2)
  calls[1]?.reject(new FleetError('TIMEOUT', 'too slow'))
  await settle()
  expect(store.getState()).toMatchObject({ phase: 'ready', error: { code: 'TIMEOUT' } })
  expect(store.getState().history.get('load1')).toEqual([[1000, 1]])
})

test('a failed first load says so', async () => {
  const { calls, store, settle } = handDriven()
  void store.getState().load(0, 1)
  calls[0]?.reject(new Error('boom'))
  await settle()
  expect(store.getState()).toMatchObject({ phase: 'failed', error: { code: 'INTERNAL' } })
})

test('live values wait for the history', () => {
  const { store } = handDriven()
  store.getState().append(2000, { load1: 5 }, 0)
  expect(store.getState().history.size).toBe(0)
})
