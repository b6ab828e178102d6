import { expect, test } from 'vitest'
import { FleetError } from '@wrale/kernel'
import type { SeenNode } from './station-api.ts'
import { watchFleet } from './watch.ts'

const START = Date.parse('2030-01-01T00:00:00Z')

function seen(name: string, state: SeenNode['state'], agoMs = 0): SeenNode {
  return { name, state, reasons: [], lastSeen: new Date(START - agoMs).toISOString() }
}

/** Answers one list after the other, then ends the watch. */
async function watch(expected: readonly string[], lists: readonly (readonly SeenNode[] | Error)[]): Promise<string[]> {
  const ending = new AbortController()
  const told: string[] = []
  const rest = [...lists]
  const nodes = async (): Promise<readonly SeenNode[]> => {
    const list = rest.shift()
    if (rest.length === 0) ending.abort()
    if (list instanceof Error) throw list
    return list ?? []
  }
  const watcher = {
    onChange: ({ name, state }: SeenNode, isNew: boolean) => told.push(`${isNew ? 'new' : 'now'} ${name} ${state}`),
    onComplete: (count: number) => told.push(`complete ${count}`),
  }
  const options = { expected: new Set(expected), sinceMs: START, fastPollMs: 1, slowPollMs: 1 }
  await watchFleet({ nodes }, options, watcher, ending.signal)
  return told
}

test('tells of every node once, of changes after that, and once that all are there', async () => {
  const lists = [[seen('a', 'ok')], [seen('a', 'ok'), seen('b', 'warn')], [seen('a', 'lost'), seen('b', 'warn')]]
  expect(await watch(['a', 'b'], lists)).toEqual(['new a ok', 'new b warn', 'complete 2', 'now a lost'])
})

test('what is only remembered from an earlier run is not here, nor is what belongs to none', async () => {
  const lists = [[seen('a', 'ok', 1), seen('b', 'stale'), seen('other', 'ok')], [seen('a', 'ok')]]
  expect(await watch(['a', 'b'], lists)).toEqual(['new a ok'])
})

test('a station that does not answer for a while is waited for; an answer that makes no sense is not', async () => {
  const silence = new FleetError('UNAVAILABLE', 'no answer')
  expect(await watch(['a'], [silence, [seen('a', 'ok')]])).toEqual(['new a ok', 'complete 1'])
  await expect(watch(['a'], [new TypeError('nonsense'), []])).rejects.toThrow('nonsense')
})
