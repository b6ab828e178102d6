import { FleetError, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { expect, it } from 'vitest'
import { StoragePublisher } from './storage-publisher.ts'

it('tells the fleet once what became of the storage, and once when it works again', async () => {
  const told: string[] = []
  const clock = new VirtualClock()
  let problem: FleetError | undefined
  let refuse = false
  const publisher = new StoragePublisher({
    damaged: '/state/records.sqlite.damaged-1',
    problem: () => problem,
    write: async ({ name }) => {
      if (refuse) throw new FleetError('STORAGE_FULL', 'no space left')
      told.push(name)
    },
    clock,
    logger: silentLogger,
  })
  await publisher.start()
  await publisher.start()
  await clock.advance(10_000)
  expect(told).toEqual(['storage.damaged'])
  problem = new FleetError('STORAGE_FULL', 'no space left')
  refuse = true
  await clock.advance(10_000)
  refuse = false
  await clock.advance(10_000)
  problem = undefined
  await clock.advance(10_000)
  expect(told).toEqual(['storage.damaged', 'storage.failing', 'storage.recovered'])
  await publisher.stop()
  problem = new FleetError('STORAGE_FULL', 'no space left')
  await clock.advance(10_000)
  expect(told).toHaveLength(3)
})
