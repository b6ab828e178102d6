import { fileURLToPath } from 'node:url'
import { enrolProtocol, helloProtocol } from '@wrale/protocol/wire'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { labCapability, type LabProcess } from '../src/index.ts'
import { type Fleet, startFleet } from '../fleet/index.ts'
import { isCurrent } from './expectations.ts'

const capability = labCapability()
const skipped = capability.kind === 'loopback' ? ` (skipped: ${capability.reason})` : ''
const size = 3

const attackSchema = z.object({
  attack: z.string(),
  protocol: z.string(),
  peer: z.string(),
  end: z.enum(['unreachable', 'refused', 'ended', 'open']),
  received: z.number(),
  text: z.string(),
})
const linesSchema = {
  found: z.object({ found: z.array(z.string()) }),
  uninvited: z.object({ uninvited: z.record(z.string(), z.number()) }),
}

describe.skipIf(capability.kind !== 'netns')(`a hostile stranger on the network${skipped}`, () => {
  let fleet: Fleet
  let stranger: LabProcess
  let lines: unknown[]
  beforeAll(async () => {
    fleet = await startFleet({ nodes: size })
    const [machine] = await fleet.lab!.addNodes(1)
    const program = fileURLToPath(new URL('./stranger/main.ts', import.meta.url))
    const { id } = await fleet.station.fleet()
    stranger = machine!.spawn({ command: process.execPath, args: [program, id, String(size + 1)] })
    await stranger.waitForLine('{"done":true}', { timeoutMs: 90_000 })
    lines = stranger.output.filter(({ stream }) => stream === 'stdout').map(({ text }) => JSON.parse(text) as unknown)
  })
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.log(fleet.describe())
  })
  afterAll(async () => {
    await fleet?.close()
  })

  const attacks = (): z.infer<typeof attackSchema>[] => lines.flatMap((line) => attackSchema.safeParse(line).data ?? [])
  const only = <T>(schema: z.ZodType<T>): T => lines.flatMap((line) => schema.safeParse(line).data ?? [])[0]!

  test('finds the members when it knows the fleet, so that its attacks reach them', async () => {
    const ids = (await fleet.station.nodes()).map(({ id }) => id)
    const station = (await fleet.station.fleet()).station.id
    expect(only(linesSchema.found).found.toSorted()).toEqual([...ids, station].toSorted())
    // Rate limits may turn away an identity that comes again and again, but nobody who comes for the first time.
    const first = new Map(
      attacks()
        .toReversed()
        .map((attack) => [`${attack.attack} ${attack.peer}`, attack]),
    )
    expect([...first.values()].filter(({ end }) => end === 'unreachable')).toEqual([])
    expect(first.size).toBe(18 * (size + 1))
  })

  test('gets no byte without a hello, and nothing but refusals for a bad one', () => {
    const polite: readonly string[] = [helloProtocol, enrolProtocol]
    expect(attacks().filter(({ protocol, received }) => received > 0 && !polite.includes(protocol))).toEqual([])
    expect(attacks().filter(({ text }) => text !== '' && !text.includes('refused'))).toEqual([])
    // Members that found it dialled it and said hello; its lies got nothing more out of them.
    expect(Object.keys(only(linesSchema.uninvited).uninvited)).toEqual([helloProtocol])
  })

  test('is hung up on, however it behaves', () => {
    expect(attacks().filter(({ end }) => end === 'open')).toEqual([])
  })

  test('is counted, and the fleet goes on', async () => {
    const { daemons, station, view } = fleet
    for (const daemon of daemons) {
      expect(daemon.process.ended).toBeUndefined()
      expect(await daemon.isReady()).toBe(true)
      const metrics = await daemon.metrics()
      expect(metrics.sum('wrale_security_incidents_total', { kind: 'hello-refused' })).toBeGreaterThan(5)
      expect(daemon.process.usage().peakResidentBytes).toBeLessThan(200 * 2 ** 20)
    }
    const before = Date.now()
    await view.until('every node speaks after the attack', ({ nodes }) =>
      [...nodes.values()].every((node) => isCurrent(node) && Date.parse(node.lastSeen ?? '') > before),
    )
    expect(await station.nodes()).toHaveLength(size)
  })
})
