import { systemClock } from '@wrale/kernel'
import { describe } from 'vitest'
import { list, readText } from '../../linux/sysfs.ts'
import { firstI2cAddress, lastI2cAddress } from '../bus.ts'
import { SerialBus } from '../serial-bus.ts'
import { describeBusConformance } from '../testing/bus-conformance.ts'
import { LinuxI2cAdapter } from './adapter.ts'
import { listI2cBuses } from './list.ts'

/** The kernel's own stand-in (Documentation/i2c/i2c-stub): registers that keep what is written to them, SMBus only. */
const stub = (await listI2cBuses()).find(({ adapter }) => adapter === 'SMBus stub driver')

/** Addresses at which it answers. */
const chips = ((await readText('/sys/module/i2c_stub/parameters/chip_addr')) ?? '')
  .split(',')
  .map(Number)
  .filter((address) => address >= firstI2cAddress && address <= lastI2cAddress)

/** Addresses on its bus that drivers have, from the devices that have a `driver` link. */
async function heldAddresses(busNumber: number): Promise<readonly number[]> {
  const held: number[] = []
  for (const device of await list('/sys/bus/i2c/devices')) {
    const [bus, address] = device.split('-')
    const files = await list(`/sys/bus/i2c/devices/${device}`)
    if (bus === String(busNumber) && files.includes('driver')) held.push(Number.parseInt(address ?? '', 16))
  }
  return held.toSorted((a, b) => a - b)
}

const held = stub === undefined ? [] : await heldAddresses(stub.number)
const free = chips.find((address) => !held.includes(address))
const emptyAddress =
  Array.from({ length: 16 }, (_, index) => 0x60 + index).find((address) => !chips.includes(address)) ?? 0

describe.skipIf(stub === undefined || free === undefined)('this kernel (needs i2c-stub with a free address)', () => {
  describeBusConformance('i2c-stub', () =>
    Promise.resolve({
      bus: new SerialBus({ adapter: new LinuxI2cAdapter(stub?.number ?? 0), clock: systemClock }),
      word: { address: free ?? 0, register: 5, value: 0x1234 },
      bytes: { address: free ?? 0, register: 0xf4, values: [0x27, 0xa0] },
      emptyAddress,
      isPlain: false,
      held,
    }),
  )
})
