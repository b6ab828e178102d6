import { VirtualClock } from '@wrale/kernel/testing'
import { pull, TestFleet } from '@wrale/replica/testing'
import { expect, it } from 'vitest'
import { thermalSettingsSchema } from '../safety/thermal/settings.ts'
import { FleetWishes, withWanted } from './wanted-thermal.ts'

const curve = [
  { celsius: 40, duty: 0.3 },
  { celsius: 60, duty: 1 },
]

it('tells what operators want of the cooling, when it changes, and what cannot be taken', async () => {
  const fleet = await TestFleet.create()
  const clock = new VirtualClock()
  const desk = await fleet.member('desk', { role: 'station', clock })
  const node = await fleet.member('roof-1', { clock })
  const object = { type: 'node', id: node.identity.id }
  const wishes = new FleetWishes({ self: node.identity.id, replica: node.replica })
  const told: unknown[] = []
  wishes.changed.subscribe((wanted) => told.push(wanted))
  await wishes.start()
  const say = async (set: Parameters<typeof desk.replica.setFields>[1], about = object): Promise<void> => {
    await desk.replica.setFields(about, set)
    await pull(node, desk)
  }
  expect(wishes.thermal).toEqual({})

  await say({ 'thermal.profile': 'cool', 'thermal.curve': curve })
  await say({ note: 'nothing to do with it' })
  await say({ 'thermal.profile': 'max' }, { type: 'node', id: desk.identity.id })
  expect(told).toEqual([{ profile: 'cool', curve }])
  expect(wishes.refused).toBeUndefined()

  await say({ 'thermal.profile': 'arctic', 'thermal.curve': curve.toReversed() })
  expect(wishes.thermal).toEqual({})
  expect(wishes.refused).toMatch(/^thermal\.profile: .*; thermal\.curve: must be above the point before it$/)

  await say({ 'thermal.profile': null, 'thermal.curve': null })
  expect([wishes.thermal, wishes.refused]).toEqual([{}, undefined])
  await wishes.stop()
  await say({ 'thermal.profile': 'quiet' })
  expect(told).toEqual([{ profile: 'cool', curve }, {}])

  const again = new FleetWishes({ self: node.identity.id, replica: node.replica })
  await again.start()
  expect(again.thermal).toEqual({ profile: 'quiet' })
  await again.stop()
})

it('takes over profile and curve and nothing that keeps the machine safe', () => {
  const own = thermalSettingsSchema.parse({ fan: { profile: 'quiet' }, ladder: { hardLimitCelsius: 90 } })
  expect(withWanted(own, {})).toEqual(own)
  expect(withWanted(own, { profile: 'max', curve })).toEqual({ ...own, fan: { ...own.fan, profile: 'max' } })
  const taken = withWanted(own, { profile: 'cool', curve })
  expect(taken.ladder).toEqual(own.ladder)
  expect(taken.fan.curves).toEqual({ ...own.fan.curves, cool: curve })
  expect(withWanted(own, { curve }).fan).toMatchObject({ profile: 'quiet', curves: { quiet: curve } })
  expect(thermalSettingsSchema.parse(taken)).toEqual(taken)
})
