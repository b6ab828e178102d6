import { FleetError, type Logger, silentLogger } from '@wrale/kernel'
import { beforeEach, describe, expect, it } from 'vitest'
import { createRouter, type RouterDeps } from './router.ts'
import { rpcServer, type ServedClient } from './serve.ts'

const session = { kind: 'local', since: '2026-01-01T00:00:00.000Z', expiresAt: null } as const
const aborted = new FleetError('NOT_FOUND', 'no node')

interface Answer {
  readonly i: string
  readonly p: {
    readonly s?: number
    readonly b?: { readonly json: { readonly code: string; readonly data?: unknown } }
  }
}

describe('rpcServer', () => {
  let answers: Answer[]
  let faults: FleetError[]
  let logged: string[]
  let client: ServedClient
  let streams: number

  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))
  const call = (i: string, u: string, json?: unknown): void =>
    client.receive(JSON.stringify({ i, p: { u, ...(json === undefined ? {} : { b: { json } }) } }))

  beforeEach(() => {
    answers = []
    faults = []
    logged = []
    streams = 0
    const logger: Logger = { ...silentLogger, error: (message) => void logged.push(message) }
    const unasked = (): never => {
      throw new FleetError('NOT_FOUND', 'not part of this test')
    }
    const deps: RouterDeps = {
      fleet: () => {
        throw new TypeError('a defect of ours, with a secret in it')
      },
      inventory: {
        nodes: () => [],
        detail: () => {
          throw aborted
        },
      },
      nodeNotes: { change: unasked },
      nodeControl: {
        hardware: unasked,
        safety: unasked,
        maintenance: unasked,
        simulator: unasked,
        diagnostics: unasked,
        diagRun: unasked,
        startDiag: unasked,
        stopDiag: unasked,
        setLine: unasked,
        override: unasked,
        endOverride: unasked,
        resetTamper: unasked,
        simulate: unasked,
      },
      nodeHistories: { query: unasked },
      groups: { list: unasked, get: unasked, put: unasked, remove: unasked },
      conflicts: { list: unasked, settle: unasked },
      objectHistory: unasked,
      eventLog: { list: unasked },
      mesh: unasked,
      history: { query: () => ({ from: '', to: '', stepSeconds: 1, series: [] }) },
      events: {
        async *watch(signal) {
          streams += 1
          try {
            if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
            yield { type: 'alive', at: '2026-01-01T00:00:00.000Z' }
          } finally {
            streams -= 1
          }
        },
      },
      joinTokens: {
        create: () => {
          throw new FleetError('UNAVAILABLE', 'no root key')
        },
        list: () => [],
        revoke: unasked,
      },
      members: { list: unasked, get: unasked, revoke: unasked, replace: unasked },
      claims: { list: unasked, claim: unasked },
      recoveryKit: unasked,
      access: { createSignInLink: (url) => ({ url: `${url}/sign-in`, expiresAt: '2026-01-01T00:00:00.000Z' }) },
      browserUrl: () => undefined,
      logger,
    }
    client = rpcServer(createRouter(deps), logger)(
      {
        send: async (message) => void answers.push(JSON.parse(message) as Answer),
        fault: (error) => faults.push(error),
      },
      { session },
    )
  })

  it('answers calls with what the features say, the caller’s own session included', async () => {
    call('1', '/nodes/list')
    call('2', '/session/get')
    await settle()
    expect(answers.map(({ i, p }) => [i, p.b?.json])).toEqual([
      ['1', { items: [] }],
      ['2', session],
    ])
  })

  it('gives failures their code and status, and says where the input was wrong', async () => {
    call('1', '/nodes/get', { id: '12D3KooWCb216C7A3UfkKjkdqT7VGFQfjbbH6CzhTXMi3WbrHsGd' })
    call('2', '/nodes/get', { id: 'x' })
    call('3', '/joinTokens/create', {})
    call('4', '/session/createSignInLink')
    call('5', '/no/such')
    await settle()
    const byId = Object.fromEntries(answers.map(({ i, p }) => [i, [p.s, p.b?.json?.code]]))
    expect(byId).toEqual({
      1: [404, 'NOT_FOUND'],
      2: [400, 'INPUT_INVALID'],
      3: [503, 'UNAVAILABLE'],
      4: [503, 'UNAVAILABLE'],
      5: [404, undefined],
    })
    expect(answers.find(({ i }) => i === '2')?.p.b?.json.data).toMatchObject({ issues: [{ path: 'id' }] })
  })

  it('tells callers nothing of defects but that the log has them', async () => {
    call('1', '/fleet/get')
    await settle()
    expect(JSON.stringify(answers)).not.toContain('secret')
    expect(answers[0]?.p.b?.json.code).toBe('INTERNAL')
    expect(logged).toEqual(['a call failed for a reason of our own'])
  })

  it.each([
    ['no JSON', '{"i":', 'FRAME_INVALID'],
    ['no call', '{"i":"1","p":{}}', 'FRAME_INVALID'],
    ['a stream towards the station', '{"i":"1","t":3,"p":{"e":"message","d":1}}', 'FRAME_INVALID'],
    [
      'a body that is a stream',
      '{"i":"1","p":{"u":"/nodes/list","h":{"content-type":"text/event-stream"}}}',
      'FRAME_INVALID',
    ],
    ['bytes', new Uint8Array(3), 'FRAME_INVALID'],
    ['too much', 'x'.repeat(256 * 1024 + 1), 'FRAME_TOO_LARGE'],
  ])('ends a client that sends %s', async (_what, message, code) => {
    client.receive(message)
    await settle()
    expect(faults).toMatchObject([{ code }])
    call('9', '/nodes/list')
    await settle()
    expect(answers).toEqual([])
  })

  it('ends a client that begins too much at once', async () => {
    for (let number = 0; number < 65; number++) call(String(number), '/fleet/watch')
    await settle()
    expect(faults).toMatchObject([{ code: 'RATE_LIMITED' }])
    expect(streams).toBe(0)
  })

  it('ends a stream when its client gives it up or goes', async () => {
    call('1', '/fleet/watch')
    call('2', '/fleet/watch')
    await settle()
    expect(streams).toBe(2)
    client.receive('{"i":"1","t":4}')
    await settle()
    expect(streams).toBe(1)
    client.close()
    await settle()
    expect(streams).toBe(0)
  })
})
