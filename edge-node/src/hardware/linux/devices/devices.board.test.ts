import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { describeCpuConformance, describeFanConformance } from '../../testing/devices-conformance.ts'
import { realRoots } from '../sysfs.ts'
import { findFan } from './fan-places.ts'
import { LinuxDevices } from './linux-devices.ts'

const find = () => new LinuxDevices(realRoots).find()

function attribute(path: string): string {
  return readFileSync(path, 'utf8').trim()
}

function present<T>(device: T | undefined): T {
  if (device === undefined) throw new Error('the device was not found')
  return device
}

/** The kernel does not forget between two tests what it was told; the devices find it as the machine's own. */
afterAll(() => present(find().fan).setDuty(1))

describeFanConformance(
  'the fan of the kernel',
  () => {
    const { path } = present(findFan(realRoots.sys))
    return { fan: present(find().fan), step: 0, turns: () => Number(attribute(path)) / 255 }
  },
  false,
)

const policy = '/sys/devices/system/cpu/cpufreq/policy0'

describeCpuConformance(
  'cpufreq of the kernel',
  () => {
    const cpu = present(find().cpu)
    const before = Number(attribute(`${policy}/scaling_max_freq`))
    const allows = (): number => Number(attribute(`${policy}/scaling_max_freq`)) / before
    return { cpu, allows, dispose: () => cpu.release() }
  },
  false,
)

describe('the watchdog of the kernel', () => {
  const state = '/sys/class/watchdog/watchdog0/state'

  it('is armed from its opening to its closing', async () => {
    const watchdog = present(find().watchdog)
    expect(watchdog.name).toMatch(/^watchdog0 Software Watchdog$/)
    expect(watchdog.state).toMatchObject({ condition: 'closed', noWayOut: false })
    expect(watchdog.state.timeoutSeconds).toBe(Number(attribute('/sys/class/watchdog/watchdog0/timeout')))
    await watchdog.open()
    expect(attribute(state)).toBe('active')
    await watchdog.feed()
    await watchdog.close()
    expect(attribute(state)).toBe('inactive')
  })

  it('is had by one process at a time', async () => {
    const [one, other] = [present(find().watchdog), present(find().watchdog)]
    await one.open()
    try {
      await expect(other.open()).rejects.toMatchObject({ code: 'UNAVAILABLE', meta: { errno: 'EBUSY' } })
      expect(other.state.condition).toBe('closed')
    } finally {
      await one.close()
    }
    await other.open()
    await other.close()
    expect(attribute(state)).toBe('inactive')
  })
})
