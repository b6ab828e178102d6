import { FleetError } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import type { PeerIdText } from '@wrale/protocol'
import type { MetricsAnswer, Node, Session } from '@wrale/protocol/api'
import type { NodeCommandRequest } from '@wrale/protocol/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import { FakeMesh } from '../../testing/fake-mesh.ts'
import { idOf } from '../../testing/ids.ts'
import { ScriptedNode } from '../../testing/scripted-node.ts'
import { NodeControl } from './node-control.ts'
import { NodeHistories } from './node-history.ts'
import { NodeLine } from './node-line.ts'
import { SharedAnswers } from './shared-answers.ts'

const roof = idOf(1)
const session: Session = { kind: 'browser', since: '2026-01-01T00:00:00.000Z', expiresAt: null }

/** A mesh whose questions a test answers. */
class AskedMesh extends FakeMesh {
  readonly asked: Array<{
    readonly protocol: string
    readonly body: unknown
    readonly signal: AbortSignal | undefined
  }> = []
  answers: Array<(body: unknown) => unknown> = []

  async ask(_peer: PeerIdText, protocol: string, body: unknown, options: object): Promise<never> {
    const { signal } = options as { signal?: AbortSignal }
    this.asked.push({ protocol, body, signal })
    const answer = this.answers.length > 1 ? this.answers.shift() : this.answers[0]
    return (await answer?.(body)) as never
  }
}

describe('the control of nodes', () => {
  let clock: VirtualClock
  let mesh: AskedMesh
  let node: Node
  let control: NodeControl
  let histories: NodeHistories
  let own: MetricsAnswer['series']
  const script = new ScriptedNode()

  const refuse =
    (...error: ConstructorParameters<typeof FleetError>) =>
    (): never => {
      throw new FleetError(...error)
    }

  beforeEach(() => {
    clock = new VirtualClock()
    mesh = new AskedMesh()
    own = []
    node = {
      id: roof,
      name: 'roof-1',
      state: 'stale',
      stateSince: '2026-01-01T00:00:00.000Z',
      reasons: [],
      lastSeen: '2025-12-31T23:59:00.000Z',
      seenBy: [{ id: idOf(2), name: 'gate-1', role: 'node', at: '2025-12-31T23:59:00.000Z', linked: false }],
      readings: {},
      simulated: true,
      software: '0.0.9',
    }
    const inventory = { node: (id: PeerIdText) => (id === roof ? node : undefined) }
    const line = new NodeLine({ mesh, inventory, clock })
    control = new NodeControl({
      line,
      answers: new SharedAnswers(clock),
      fleetTimeMs: () => clock.wallMs() + 5000,
      clock,
    })
    const history = { query: () => ({ from: '', to: '', stepSeconds: 1, series: own }) }
    histories = new NodeHistories({ line, history, inventory, clock })
  })

  it('gives all who look within a moment one answer, and a new one after it, or after a command', async () => {
    mesh.link(roof, 'roof-1')
    mesh.answers = [() => script.hardware]
    const [first, second] = await Promise.all([control.hardware(roof), control.hardware(roof)])
    expect(first).toMatchObject({ at: '2026-01-01T00:00:00.000Z', fan: { askedDuty: 0.4 } })
    expect(second).toBe(first)
    await clock.advance(600)
    expect(await control.hardware(roof)).toBe(first)
    expect(mesh.asked).toHaveLength(1)
    await clock.advance(200)
    expect(await control.hardware(roof)).not.toBe(first)
    mesh.answers = [() => ({ name: 'relay', level: 'on' }), () => script.hardware]
    await control.setLine(roof, { name: 'relay', level: 'on' }, session)
    await control.hardware(roof)
    expect(mesh.asked).toHaveLength(4)
  })

  it('says of a node that cannot be reached who saw it last and what to do, and does not try again for each who asks', async () => {
    mesh.answers = [refuse('NOT_FOUND', 'nobody knows where it is')]
    const error = {
      code: 'UNAVAILABLE',
      message: /roof-1 \(stale\) cannot be reached.*gate-1 saw it last, 60 s ago.*power/,
    }
    await expect(control.safety(roof)).rejects.toMatchObject(error)
    await expect(control.safety(roof)).rejects.toMatchObject(error)
    expect(mesh.asked).toHaveLength(1)
    await clock.advance(2100)
    await expect(control.safety(roof)).rejects.toMatchObject(error)
    expect(mesh.asked).toHaveLength(2)
    await expect(control.safety(idOf(9))).rejects.toMatchObject({ code: 'NOT_FOUND', message: /no node of this fleet/ })
  })

  it('tells a way that is missing from a node that is gone', async () => {
    node = {
      ...node,
      seenBy: [{ id: idOf(2), name: 'gate-1', role: 'node', at: '2026-01-01T00:00:00.000Z', linked: true }],
    }
    mesh.answers = [refuse('UNAVAILABLE', 'no address answers')]
    await expect(control.safety(roof)).rejects.toMatchObject({ message: /gate-1 is linked to it, so the way/ })
  })

  it('passes on what a linked node says itself', async () => {
    mesh.link(roof, 'roof-1')
    mesh.answers = [refuse('NOT_FOUND', 'there is no line pump')]
    await expect(control.setLine(roof, { name: 'pump', level: 'on' }, session)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'there is no line pump',
    })
    expect(mesh.asked).toHaveLength(1)
    mesh.answers = [refuse('PROTOCOL_MISMATCH', 'not spoken')]
    await expect(control.maintenance(roof)).rejects.toMatchObject({
      code: 'PROTOCOL_MISMATCH',
      message: /roof-1 \(0\.0\.9\).*update/,
    })
    mesh.answers = [refuse('FRAME_INVALID', 'fan: must be an object')]
    await expect(control.simulator(roof)).rejects.toMatchObject({ code: 'FRAME_INVALID', message: /roof-1 answered/ })
  })

  it('gives up a link that is not made in time', async () => {
    mesh.answers = [
      () =>
        new Promise((_, reject) => {
          const { signal } = mesh.asked[0] ?? {}
          signal?.addEventListener('abort', () => reject(signal.reason as Error))
        }),
    ]
    const asked = control.safety(roof).catch((error: unknown) => error)
    await clock.advance(8000)
    expect(await asked).toMatchObject({ code: 'UNAVAILABLE' })
    expect(clock.pending).toBe(0)
  })

  it('sends a command again under the same id when the line fails, with who asked and until when', async () => {
    mesh.link(roof, 'roof-1')
    const silent = refuse('TIMEOUT', 'no answer')
    mesh.answers = [silent, () => ({ name: 'relay', level: 'on' })]
    await control.setLine(roof, { name: 'relay', level: 'on' }, session)
    const [first, second] = mesh.asked.map(({ body }) => body as NodeCommandRequest)
    expect(second).toEqual(first)
    expect(first).toMatchObject({
      caller: 'browser',
      expiresAtMs: clock.wallMs() + 65_000,
      command: { do: 'set-line', line: 'relay', level: 'on' },
    })
    mesh.answers = [silent]
    await expect(control.resetTamper(roof, 'mended', session)).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: /linked/,
    })
    expect(mesh.asked).toHaveLength(4)
    const ids = mesh.asked.map(({ body }) => (body as NodeCommandRequest).id)
    expect(new Set(ids).size).toBe(2)
  })

  describe('histories', () => {
    const at = (s: number): number => Date.UTC(2026, 0, 1) + s * 1000
    const iso = (s: number): string => new Date(at(s)).toISOString()
    const ask = (metrics?: 'temperatureCelsius') =>
      histories.query({ id: roof, from: iso(0), to: iso(100), ...(metrics === undefined ? {} : { metrics }) })

    it('join the node’s record with what the station knew before and after it, and say which is which', async () => {
      node = { ...node, clockErrorMs: 7000 }
      own = [{ metric: 'temperatureCelsius', unit: 'celsius', points: [10, 20, 30, 90].map((s) => [at(s), 1]) }]
      mesh.answers = [
        (body) => ({
          ...(body as { readonly fromMs: number; readonly toMs: number }),
          stepMs: 1000,
          complete: false,
          series: [
            { metric: 'temperatureCelsius', unit: 'celsius', points: [20, 40].map((s) => [at(s + 7), 50, 49, 51, 3]) },
            { metric: 'fromTheFuture', unit: 'x', points: [[at(27), 1, 1, 1, 1]] },
          ],
        }),
      ]
      const answer = await ask()
      expect(mesh.asked[0]?.body).toMatchObject({ fromMs: at(7), toMs: at(107), maxPoints: 300 })
      expect(answer.series).toEqual([
        {
          metric: 'temperatureCelsius',
          unit: 'celsius',
          points: [
            [at(10), 1, null, null],
            [at(20), 50, 49, 51],
            [at(40), 50, 49, 51],
            [at(90), 1, null, null],
          ],
        },
      ])
      expect(answer.parts).toEqual([
        { from: iso(10), to: iso(11), source: 'station' },
        { from: iso(20), to: iso(41), source: 'node' },
        { from: iso(90), to: iso(91), source: 'station' },
      ])
      expect(answer).toMatchObject({ complete: false, stepSeconds: 1 })
      expect(answer.problem).toBeUndefined()
    })

    it('are the station’s while the node does not answer, and say why', async () => {
      own = [
        { metric: 'temperatureCelsius', unit: 'celsius', points: [[at(10), 1]] },
        { metric: 'load1', unit: 'count', points: [[at(10), 1]] },
      ]
      mesh.answers = [refuse('UNAVAILABLE', 'gone')]
      const answer = await ask('temperatureCelsius')
      expect(answer.series.map(({ metric }) => metric)).toEqual(['temperatureCelsius'])
      expect(answer).toMatchObject({
        parts: [{ from: iso(10), source: 'station' }],
        problem: { code: 'UNAVAILABLE', message: /roof-1/ },
      })
    })

    it('of no time at all are refused', async () => {
      await expect(histories.query({ id: roof, from: iso(1), to: iso(1) })).rejects.toMatchObject({
        code: 'INPUT_INVALID',
      })
    })
  })
})
