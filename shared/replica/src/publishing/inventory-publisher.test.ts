import { silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import type { InventoryBody } from '@wrale/protocol/records'
import { describe, expect, it } from 'vitest'
import type { Certificate } from '@wrale/protocol/signing'
import { inventoryBody } from '../testing/fleet.ts'
import { InventoryPublisher } from './inventory-publisher.ts'

const certificate = { sealed: new Uint8Array(10) } as Certificate

function make() {
  const clock = new VirtualClock()
  const written: InventoryBody[] = []
  const own: string[] = []
  let cores = 4
  let fail = false
  const publisher = new InventoryPublisher({
    clock,
    logger: silentLogger,
    describe: async (addresses) => {
      const body = inventoryBody('n', certificate)
      return { ...body, hardware: { ...body.hardware, cores }, addresses }
    },
    addresses: () => own,
    async write(body) {
      if (fail) throw new Error('disk full')
      written.push(body)
    },
  })
  return {
    clock,
    written,
    own,
    publisher,
    failing: (now: boolean) => (fail = now),
    setCores: (n: number) => (cores = n),
  }
}

describe('InventoryPublisher', () => {
  it('writes once at the start, then only what changed', async () => {
    const { clock, written, own, publisher, setCores } = make()
    await publisher.start()
    await publisher.start()
    expect(written).toHaveLength(1)
    await publisher.refresh()
    await clock.advance(3_600_000)
    expect(written).toHaveLength(1)
    own.push('/ip4/192.0.2.7/tcp/4001')
    await clock.advance(10_000)
    expect(written.map((body) => body.addresses)).toEqual([[], ['/ip4/192.0.2.7/tcp/4001']])
    setCores(2)
    await clock.advance(900_000)
    expect(written.map((body) => body.hardware.cores)).toEqual([4, 4, 2])
    await publisher.stop()
    own.length = 0
    await clock.advance(3_600_000)
    expect(written).toHaveLength(3)
  })

  it('tries again after a write that failed', async () => {
    const { clock, written, publisher, failing, own } = make()
    await publisher.start()
    failing(true)
    own.push('/ip4/192.0.2.7/tcp/4001')
    await clock.advance(10_000)
    expect(written).toHaveLength(1)
    failing(false)
    await clock.advance(10_000)
    expect(written).toHaveLength(2)
    await publisher.stop()
  })
})
