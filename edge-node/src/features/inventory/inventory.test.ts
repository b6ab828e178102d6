import { silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { type InventoryBody, inventoryBodySchema } from '@wrale/protocol/records'
import { describe, expect, it } from 'vitest'
import { SimulatedBoard } from '../../hardware/simulated/board.ts'
import { InventoryPublisher } from './publisher.ts'
import { describeSystem } from './system.ts'

function make() {
  const clock = new VirtualClock()
  const written: InventoryBody[] = []
  const addresses: string[] = []
  let fail = false
  const publisher = new InventoryPublisher(
    {
      board: new SimulatedBoard({ clock }, { seed: 1, ambientCelsius: 24 }),
      clock,
      logger: silentLogger,
      describeSystem: async () => ({ hostname: 'n', os: 'Debian', kernel: '6.12', node: '24.0.0' }),
      addresses: () => addresses,
      async write(body) {
        if (fail) throw new Error('disk full')
        written.push(body)
      },
    },
    { name: 'n', software: '0.1.0', certificate: new Uint8Array(10) },
  )
  return { clock, written, addresses, publisher, failing: (now: boolean) => (fail = now) }
}

it('the system is known even where it does not say its name', async () => {
  const system = await describeSystem('/nowhere')
  expect(inventoryBodySchema.shape.system.safeParse(system).success).toBe(true)
  expect(system.os).not.toBe('')
})

describe('InventoryPublisher', () => {
  it('writes once at the start, then only what changed', async () => {
    const { clock, written, addresses, publisher } = make()
    await publisher.start()
    await publisher.start()
    expect(written).toHaveLength(1)
    expect(inventoryBodySchema.safeParse(written[0]).error).toBeUndefined()
    await publisher.refresh()
    await clock.advance(3_600_000)
    expect(written).toHaveLength(1)
    addresses.push('/ip4/192.0.2.7/tcp/4001')
    await clock.advance(10_000)
    expect(written.map((body) => body.addresses)).toEqual([[], ['/ip4/192.0.2.7/tcp/4001']])
    await publisher.stop()
    addresses.length = 0
    await clock.advance(3_600_000)
    expect(written).toHaveLength(2)
  })

  it('tries again after a write that failed', async () => {
    const { clock, written, publisher, failing, addresses } = make()
    await publisher.start()
    failing(true)
    addresses.push('/ip4/192.0.2.7/tcp/4001')
    await clock.advance(10_000)
    expect(written).toHaveLength(1)
    failing(false)
    await clock.advance(10_000)
    expect(written).toHaveLength(2)
    await publisher.stop()
  })
})
