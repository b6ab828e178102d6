import { FleetError } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { I2cBusState } from './bus.ts'
import { faultOf, faultOfThrown } from './faults.ts'
import { makeLinuxTree } from '../testing/linux-tree.ts'
import { LinuxI2cAdapter } from './linux/adapter.ts'
import { listI2cBuses } from './linux/list.ts'
import { SerialBus, type SerialBusOptions, swapBytes } from './serial-bus.ts'
import { SimulatedI2cAdapter, type SimulatedAdapterOptions } from './simulated/adapter.ts'
import { SimulatedBme280 } from './simulated/bme280.ts'
import { SimulatedIna219 } from './simulated/power-chips.ts'
import { SimulatedTmp102 } from './simulated/temperature-chips.ts'
import { type BusUnderTest, describeBusConformance, failure } from './testing/bus-conformance.ts'
import { FakeKernelBuses } from './testing/kernel-bus.ts'

function populated(options: SimulatedAdapterOptions = {}): SimulatedI2cAdapter {
  const adapter = new SimulatedI2cAdapter(options)
  adapter.attach(0x40, new SimulatedIna219({ busVolts: 5, amperes: 1, shuntOhms: 0.1 }))
  adapter.attach(0x76, new SimulatedBme280({ celsius: 21, pascals: 100_000, humidityRatio: 0.4 }))
  adapter.attach(0x1d, new SimulatedTmp102({ celsius: 20 }))
  adapter.setHeld(0x1d, true)
  return adapter
}

const underTest = {
  // The calibration register of the one, the control registers of the other.
  word: { address: 0x40, register: 5, value: 0x1234 },
  bytes: { address: 0x76, register: 0xf4, values: [0x27, 0xa0] },
  emptyAddress: 0x50,
  held: [0x1d],
} as const satisfies Partial<BusUnderTest>

function makeBus(adapter: SimulatedI2cAdapter, options: SerialBusOptions = {}) {
  const clock = new VirtualClock()
  return { adapter, clock, bus: new SerialBus({ adapter, clock }, { deadlineMs: 250, random: () => 1, ...options }) }
}

/** The transfer that was asked for is under way: its deadline runs. */
async function begun(clock: VirtualClock): Promise<void> {
  await clock.advance(0)
  expect(clock.pending).toBe(1)
}

describeBusConformance('the simulated bus', () =>
  Promise.resolve({ ...underTest, isPlain: true, bus: makeBus(populated()).bus }),
)

describeBusConformance('the simulated bus that speaks SMBus only', () =>
  Promise.resolve({ ...underTest, isPlain: false, bus: makeBus(populated({ smbusOnly: true })).bus }),
)

describeBusConformance('the bus of the kernel, with its package stood in for,', () => {
  const kernel = new FakeKernelBuses(populated())
  const adapter = new LinuxI2cAdapter(1, kernel.open)
  return Promise.resolve({ ...underTest, isPlain: true, bus: new SerialBus({ adapter, clock: new VirtualClock() }) })
})

describe('a bus that hangs', () => {
  it('fails after its deadline, once, and refuses the others at once', async () => {
    const { adapter, bus, clock } = makeBus(populated())
    adapter.hang()
    const first = failure(bus.readByte(0x76, 0xd0))
    const second = failure(bus.readByte(0x76, 0xd0))
    await begun(clock)
    await clock.advance(249)
    expect(bus.state.condition).toBe('unknown')
    await clock.advance(1)
    expect(faultOf(await first)).toBe('hung')
    expect(faultOf(await second)).toBe('hung')
    expect(bus.state).toEqual({ condition: 'hung', sinceMs: 250, retryAtMs: 1250, attempts: 1 })
  })

  it('asks nothing of the adapter while a transfer has not returned, however long', async () => {
    const adapter = populated()
    let transfers = 0
    const readByte = adapter.readByte.bind(adapter)
    adapter.readByte = (address, register) => {
      transfers++
      return readByte(address, register)
    }
    const { bus, clock } = makeBus(adapter)
    adapter.hang()
    const hung = failure(bus.readByte(0x76, 0xd0))
    await begun(clock)
    await clock.advance(250)
    await hung
    for (let hour = 0; hour < 24; hour++) {
      await clock.advance(3_600_000)
      expect(faultOf(await failure(bus.readByte(0x76, 0xd0)))).toBe('hung')
    }
    expect(transfers).toBe(1)
  })

  it('waits longer after each try that hangs, and works again when it is let go', async () => {
    const { adapter, bus, clock } = makeBus(populated())
    const seen: I2cBusState[] = []
    bus.changes.subscribe((state) => seen.push(state))
    const waits: number[] = []
    for (let attempt = 0; attempt < 8; attempt++) {
      adapter.hang()
      const hung = failure(bus.readByte(0x76, 0xd0))
      await begun(clock)
      await clock.advance(250)
      expect(faultOf(await hung)).toBe('hung')
      adapter.release()
      await clock.advance(0)
      if (bus.state.condition !== 'hung') throw new Error('it does not hang')
      const waitMs = bus.state.retryAtMs - clock.monotonicMs()
      waits.push(waitMs)
      await clock.advance(waitMs - 1)
      expect(faultOf(await failure(bus.readByte(0x76, 0xd0)))).toBe('hung')
      await clock.advance(1)
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
    expect(await bus.readByte(0x76, 0xd0)).toBe(0x60)
    expect(seen.map(({ condition }) => condition)).toEqual([...Array.from({ length: 8 }, () => 'hung'), 'ok'])
  })

  it('ends a scan at the first address that hangs', async () => {
    const { adapter, bus, clock } = makeBus(populated())
    adapter.hang()
    const scan = failure(bus.scan())
    await begun(clock)
    await clock.advance(250)
    expect(faultOf(await scan)).toBe('hung')
  })

  it('leaves no timer behind, and can be stopped while it hangs', async () => {
    const { adapter, bus, clock } = makeBus(populated())
    await bus.readByte(0x76, 0xd0)
    expect(clock.pending).toBe(0)
    adapter.hang()
    const hung = failure(bus.readByte(0x76, 0xd0))
    await begun(clock)
    const stopped = bus.stop()
    await clock.advance(250)
    await stopped
    await hung
    expect(clock.pending).toBe(0)
    expect(faultOf(await failure(bus.readByte(0x76, 0xd0)))).toBe('stopped')
  })
})

describe('a bus with too many callers', () => {
  it('refuses those above its bound and serves the others', async () => {
    const { bus } = makeBus(populated(), { maxWaiting: 3 })
    const calls = Array.from({ length: 5 }, () => bus.readByte(0x76, 0xd0))
    const settled = await Promise.allSettled(calls)
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected'])
    expect(faultOf(await failure(calls[4] ?? Promise.resolve()))).toBe('overloaded')
    expect(await bus.readByte(0x76, 0xd0)).toBe(0x60)
  })
})

describe('a bus that is not there', () => {
  it('is absent, says why, and is back when it is', async () => {
    const { adapter, bus } = makeBus(populated())
    adapter.setAbsent(true)
    expect(faultOf(await failure(bus.readByte(0x76, 0xd0)))).toBe('bus-absent')
    expect(bus.state).toEqual({ condition: 'absent', reason: 'bus-absent: ENOENT' })
    expect(faultOf(await failure(bus.scan()))).toBe('bus-absent')
    adapter.setAbsent(false)
    expect(await bus.readByte(0x76, 0xd0)).toBe(0x60)
    expect(bus.state).toEqual({ condition: 'ok' })
  })

  it('is absent on this machine for a number that no machine has, whether the add-on is there or not', async () => {
    const bus = new SerialBus({ adapter: new LinuxI2cAdapter(987_654), clock: new VirtualClock() })
    expect(faultOf(await failure(bus.readByte(0x48, 0)))).toBe('bus-absent')
    expect(bus.state.condition).toBe('absent')
  })
})

describe('the names of errors', () => {
  it.each([
    ['ENOENT', 'open', 'bus-absent'],
    ['ENODEV', 'open', 'bus-absent'],
    ['ENXIO', 'open', 'bus-absent'],
    ['EACCES', 'open', 'forbidden'],
    ['MODULE_NOT_FOUND', 'open', 'bus-absent'],
    ['ENXIO', undefined, 'no-answer'],
    ['ENODEV', undefined, 'no-answer'],
    ['EREMOTEIO', undefined, 'no-answer'],
    ['ENOTSUP', undefined, 'unsupported'],
    ['EOPNOTSUPP', undefined, 'unsupported'],
    ['EBUSY', undefined, 'held'],
    ['ETIMEDOUT', undefined, 'hung'],
    ['EIO', undefined, 'failed'],
    ['EAGAIN', undefined, 'failed'],
  ])('%s of %s is %s', (code, syscall, fault) => {
    expect(faultOfThrown(Object.assign(new Error(code), { code, syscall }))).toEqual({ fault, errno: code })
  })

  it('are judged whatever was thrown', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        expect(faultOfThrown(thrown).fault).toBe('failed')
        expect(faultOf(thrown)).toBeUndefined()
      }),
    )
    expect(faultOf(new FleetError('INTERNAL', 'x', { fault: 'toString' }))).toBeUndefined()
  })
})

describe('the bus of the kernel', () => {
  it('never speaks over a handle that a driver of the kernel refused, and leaves none open', async () => {
    const simulated = populated()
    const kernel = new FakeKernelBuses(simulated)
    const bus = new SerialBus({ adapter: new LinuxI2cAdapter(1, kernel.open), clock: new VirtualClock() })
    await bus.readByte(0x76, 0xd0)
    for (let time = 0; time < 3; time++) expect(faultOf(await failure(bus.readByte(0x1d, 0)))).toBe('held')
    expect(kernel.strayed).toEqual([])
    await bus.scan()
    await bus.stop()
    expect(kernel.openHandles).toBe(0)
  })

  it('does not believe a device that sends less than it was asked for', async () => {
    const kernel = new FakeKernelBuses(populated())
    const bus = new SerialBus({
      clock: new VirtualClock(),
      adapter: new LinuxI2cAdapter(1, async (number) => ({
        ...(await kernel.open(number)),
        readI2cBlock: () => Promise.resolve({ bytesRead: 3 }),
      })),
    })
    expect(await failure(bus.readBlock(0x76, 0xf7, 8))).toMatchObject({ meta: { fault: 'failed', errno: 'EIO' } })
  })
})

it('swapping the bytes of a word twice gives the word', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 0xffff }), (word) => swapBytes(swapBytes(word)) === word))
  expect(swapBytes(0x1019)).toBe(0x1910)
})

it('the buses of a machine are listed by number, with the names of their adapters', async () => {
  const tree = await makeLinuxTree({
    'sys/class/i2c-dev/i2c-10/name': 'bcm2835 (i2c@7e205000)\n',
    'sys/class/i2c-dev/i2c-1/name': 'bcm2835 (i2c@7e804000)\n',
    'sys/class/i2c-dev/i2c-x/name': 'nonsense\n',
  })
  try {
    expect(await listI2cBuses(tree.roots)).toEqual([
      { number: 1, adapter: 'bcm2835 (i2c@7e804000)' },
      { number: 10, adapter: 'bcm2835 (i2c@7e205000)' },
    ])
    await tree.remove('sys/class/i2c-dev')
    expect(await listI2cBuses(tree.roots)).toEqual([])
  } finally {
    await tree.dispose()
  }
})
