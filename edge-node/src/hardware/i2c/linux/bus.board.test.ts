import { existsSync, writeFileSync } from 'node:fs'
import { systemClock } from '@wrale/kernel'
import { afterEach, describe, expect, it } from 'vitest'
import { faultOf } from '../faults.ts'
import { SerialBus } from '../serial-bus.ts'
import { describeBusConformance } from '../testing/bus-conformance.ts'
import { kernelBusName, KernelChips } from '../testing/kernel-chips.ts'
import { LinuxI2cAdapter } from './adapter.ts'
import { listI2cBuses } from './list.ts'

const chips = new KernelChips()
const number = (await listI2cBuses()).find(({ adapter }) => adapter === kernelBusName)?.number ?? -1
const held = 0x4a
const heldDevice = `${number}-00${held.toString(16)}`
const devices = '/sys/bus/i2c/devices'

/** A bus with a chip of words, a chip of bytes, and one that a driver of the kernel has. */
function plugIn(): void {
  chips.attach(0x48, 16)
  chips.attach(0x76, 8)
  if (existsSync(`${devices}/${heldDevice}`)) return
  chips.attach(held, 16)
  // As after power-on: the kernel's driver takes no other for its chip.
  chips.poke(held, 1, 0x60a0)
  writeFileSync(`${devices}/i2c-${number}/new_device`, `tmp102 ${held}`)
}

describeBusConformance('a plain bus of the kernel', async () => {
  plugIn()
  return {
    bus: new SerialBus({ adapter: new LinuxI2cAdapter(number), clock: systemClock }),
    word: { address: 0x48, register: 5, value: 0x1234 },
    bytes: { address: 0x76, register: 0xf4, values: [0x27, 0xa0] },
    emptyAddress: 0x23,
    isPlain: true,
    held: [held],
  }
})

describe('a plain bus of the kernel', () => {
  let bus: SerialBus | undefined

  function open(options: { readonly number?: number; readonly deadlineMs?: number } = {}): SerialBus {
    plugIn()
    const adapter = new LinuxI2cAdapter(options.number ?? number)
    bus = new SerialBus(
      { adapter, clock: systemClock },
      {
        firstRetryMs: 1,
        maxRetryMs: 1,
        ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }),
      },
    )
    return bus
  }

  afterEach(async () => {
    chips.release()
    await bus?.stop()
  })

  it('says that a driver of the kernel holds a chip, and leaves the others alone', async () => {
    const opened = open()
    expect(await opened.readWord(held, 0).catch(faultOf)).toBe('held')
    await opened.writeWord(0x48, 5, 0x4321)
    expect(await opened.readWord(0x48, 5)).toBe(0x4321)
  })

  it('is absent where the kernel has no such bus', async () => {
    const opened = open({ number: 99 })
    expect(await opened.readWord(0x48, 0).catch(faultOf)).toBe('bus-absent')
    expect(opened.state.condition).toBe('absent')
  })

  it('does not wait for a bus that hangs in the kernel, and goes on when it is let go', async () => {
    const opened = open({ deadlineMs: 200 })
    await opened.writeWord(0x48, 5, 0x1234)
    chips.hang()
    expect(await opened.readWord(0x48, 5).catch(faultOf)).toBe('hung')
    expect(opened.state.condition).toBe('hung')
    chips.release()
    await expect.poll(() => opened.readWord(0x48, 5).catch(faultOf), { timeout: 30_000 }).toBe(0x1234)
    expect(opened.state.condition).toBe('ok')
  })

  it('loses a chip between two transfers and has it back', async () => {
    const opened = open()
    chips.unplug(0x48)
    expect(await opened.readWord(0x48, 5).catch(faultOf)).toBe('no-answer')
    expect((await opened.scan()).answered).toEqual([0x76])
    chips.plug(0x48)
    expect((await opened.scan()).answered).toEqual([0x48, 0x76])
  })
})
