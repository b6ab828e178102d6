import { VirtualClock } from '@wrale/kernel/testing'
import { inventoryBodySchema } from '@wrale/protocol/records'
import { expect, it } from 'vitest'
import { SimulatedBoard } from '../../hardware/simulated/board.ts'
import { describeNode } from './describe.ts'
import { describeSystem } from './system.ts'

it('the system is known even where it does not say its name', async () => {
  const system = await describeSystem('/nowhere')
  expect(inventoryBodySchema.shape.system.safeParse(system).success).toBe(true)
  expect(system.os).not.toBe('')
})

it('a node describes itself as an inventory record may', async () => {
  const board = new SimulatedBoard({ clock: new VirtualClock() }, { seed: 1, ambientCelsius: 24 })
  const facts = {
    name: 'n',
    software: '0.1.0',
    certificate: new Uint8Array(10),
    addresses: ['/ip4/192.0.2.7/tcp/4001'],
  }
  const body = await describeNode(board, facts)
  expect(inventoryBodySchema.safeParse(body).error).toBeUndefined()
  expect(body).toMatchObject({ ...facts, simulated: true })
})
