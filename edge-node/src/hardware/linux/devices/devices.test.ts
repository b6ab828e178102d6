import { execFileSync } from 'node:child_process'
import { constants, readdirSync, readlinkSync } from 'node:fs'
import { chmod, mkdir, open, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Watchdog } from '../../devices.ts'
import {
  describeCpuConformance,
  describeFanConformance,
  describePowerDownConformance,
  describeWatchdogConformance,
} from '../../testing/devices-conformance.ts'
import { type LinuxTree, makeLinuxTree, raspberryPi4 } from '../../testing/linux-tree.ts'
import { LinuxDevices, type LinuxDevicesOptions } from './linux-devices.ts'
import { Originals } from './originals.ts'

const trees: LinuxTree[] = []
const watchdogs: Watchdog[] = []
afterEach(async () => {
  for (const watchdog of watchdogs.splice(0)) await watchdog.close().catch(() => undefined)
  for (const tree of trees.splice(0)) await tree.dispose()
})

async function found(
  files: Readonly<Record<string, string>>,
  options: Omit<LinuxDevicesOptions, 'programFolders'> = {},
) {
  const tree = await makeLinuxTree(files)
  trees.push(tree)
  const programFolders = [join(tree.path, 'bin')]
  const devices = new LinuxDevices(tree.roots, { programFolders, ...options }).find()
  if (devices.watchdog !== undefined) watchdogs.push(devices.watchdog)
  const read = async (path: string) => (await readFile(join(tree.path, path), 'utf8')).trim()
  return { tree, devices, read, again: () => new LinuxDevices(tree.roots, { programFolders, ...options }).find() }
}

function present<T>(device: T | undefined): T {
  if (device === undefined) throw new Error('the device was not found')
  return device
}

/** Takes an attribute away and brings it back, as a driver that is loaded again. */
function breaker(tree: LinuxTree, path: string, before: string) {
  return async (isBroken: boolean): Promise<void> => {
    await tree.remove(path)
    if (isBroken) await mkdir(join(tree.path, path))
    else await tree.write(path, before)
  }
}

const pwm = 'sys/class/hwmon/hwmon2/pwm1'
const chip = {
  'sys/class/hwmon/hwmon5/name': 'emc2301\n',
  'sys/class/hwmon/hwmon5/pwm2': '90\n',
  'sys/class/hwmon/hwmon5/pwm2_enable': '2\n',
}
const mode = 'sys/class/hwmon/hwmon5/pwm2_enable'

describeFanConformance('a pwm-fan of hwmon', async () => {
  const { tree, devices, read } = await found(raspberryPi4)
  return {
    fan: present(devices.fan),
    step: 0,
    turns: async () => Number(await read(pwm)) / 255,
    fail: breaker(tree, pwm, '0\n'),
  }
})

describeFanConformance('a fan chip of hwmon', async () => {
  const { tree, devices, read } = await found(chip)
  const path = 'sys/class/hwmon/hwmon5/pwm2'
  const turns = async () => ((await read(mode)) === '1' ? Number(await read(path)) / 255 : Number.NaN)
  return { fan: present(devices.fan), step: 0, turns, fail: breaker(tree, path, '0\n') }
})

describeFanConformance('a cooling device', async () => {
  const { tree, devices, read } = await found({
    'sys/class/thermal/cooling_device1/type': 'pwm-fan\n',
    'sys/class/thermal/cooling_device1/cur_state': '0\n',
    'sys/class/thermal/cooling_device1/max_state': '4\n',
  })
  const path = 'sys/class/thermal/cooling_device1/cur_state'
  const turns = async () => Number(await read(path)) / 4
  return { fan: present(devices.fan), step: 1 / 4, turns, fail: breaker(tree, path, '0\n') }
})

const policy = 'sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq'

describeCpuConformance('cpufreq', async () => {
  const { tree, devices, read } = await found(raspberryPi4)
  const allows = async () => Number(await read(policy)) / 1_500_000
  return { cpu: present(devices.cpu), allows, fail: breaker(tree, policy, '1500000\n') }
})

/** A pipe stands for the device: who is killed is its reader, and then it takes nothing any more. */
describeWatchdogConformance('the file of a watchdog', async () => {
  const { tree, devices } = await found(raspberryPi4)
  const path = join(tree.path, 'dev/watchdog0')
  await rm(path)
  execFileSync('mkfifo', [path])
  const driver = await open(path, constants.O_RDWR | constants.O_NONBLOCK)
  const holders = (): number =>
    readdirSync('/proc/self/fd').filter((fd) => linkOf(`/proc/self/fd/${fd}`) === path).length
  let isKilled = false
  const kill = async (): Promise<void> => {
    isKilled = true
    await rm(path)
    await driver.close()
  }
  return {
    watchdog: present(devices.watchdog),
    isArmed: () => holders() === 2,
    kill,
    dispose: async () => {
      if (!isKilled) await driver.close()
    },
  }
})

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    // That of the folder that was just listed.
    return undefined
  }
}

describePowerDownConformance('systemd', () => programs('systemctl', { 'run/systemd/system/x': '' }))
describePowerDownConformance('sysvinit', () => programs('shutdown', { 'proc/1/comm': 'init\n' }))

/** A program that writes down what it was told. */
async function programs(name: string, files: Readonly<Record<string, string>>) {
  const { tree, again } = await found({
    ...files,
    [`bin/${name}`]: '#!/bin/sh\nfor word; do printf "%s\\0" "$word"; done >> "$0.told"\n',
  })
  await chmod(join(tree.path, 'bin', name), 0o755)
  const told = async () => (await readFile(join(tree.path, `bin/${name}.told`), 'utf8').catch(() => '')).split('\0')
  const reasons = async () =>
    (await told())
      .slice(0, -1)
      .slice(-1)
      .map((word) => word.replace(/^--message=/, ''))
  return { port: present(again().powerDown), reasons }
}

describe('the fan of this machine', () => {
  it('is not a computer’s own', async () => {
    const { devices } = await found({
      'sys/class/hwmon/hwmon0/name': 'nct6775\n',
      'sys/class/hwmon/hwmon0/pwm1': '100\n',
      'sys/class/hwmon/hwmon0/pwm1_enable': '5\n',
      'sys/class/thermal/cooling_device0/type': 'Processor\n',
      'sys/class/thermal/cooling_device0/cur_state': '0\n',
      'sys/class/thermal/cooling_device0/max_state': '3\n',
    })
    expect(devices.fan).toBeUndefined()
  })

  it('is set as finely as it can be where it is there twice', async () => {
    const { devices } = await found(raspberryPi4)
    expect(devices.fan?.name).toBe('pwmfan pwm1')
  })

  it('leaves the mode of a pwm-fan alone, which means something else', async () => {
    const { devices, read } = await found({ ...raspberryPi4, 'sys/class/hwmon/hwmon2/pwm1_enable': '2\n' })
    await devices.fan?.setDuty(0.5)
    expect(await read('sys/class/hwmon/hwmon2/pwm1_enable')).toBe('2')
  })

  it('is given back to its chip, also by the daemon that follows one which crashed', async () => {
    const { tree, devices, read, again } = await found(chip)
    await devices.fan?.setDuty(0.5)
    expect(await read(mode)).toBe('1')
    await devices.fan?.release()
    expect(await read(mode)).toBe('2')

    const originalsFile = join(tree.path, 'originals.json')
    const boot = { 'proc/sys/kernel/random/boot_id': 'one\n' }
    const crashed = await found({ ...chip, ...boot }, { originalsFile })
    await crashed.devices.fan?.setDuty(0.5)
    await expect.poll(() => readFile(originalsFile, 'utf8').catch(() => '')).toContain('pwm2_enable')
    const next = crashed.again()
    await next.fan?.setDuty(0.7)
    await next.fan?.release()
    expect(await crashed.read(mode)).toBe('2')
    expect(again().fan).toBeDefined()
  })

  it('is found again when its driver was loaded again under another number', async () => {
    const { tree, devices, read } = await found(chip)
    await devices.fan?.setDuty(0.2)
    await tree.remove('sys/class/hwmon/hwmon5')
    await tree.write('sys/class/hwmon/hwmon7/name', 'emc2301\n')
    await tree.write('sys/class/hwmon/hwmon7/pwm2', '0\n')
    await devices.fan?.setDuty(1)
    expect(await read('sys/class/hwmon/hwmon7/pwm2')).toBe('255')
  })

  it('makes no file where an attribute was', async () => {
    const { tree, devices } = await found(chip)
    await tree.remove('sys/class/hwmon/hwmon5/pwm2')
    await expect(devices.fan?.setDuty(1)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(readFile(join(tree.path, 'sys/class/hwmon/hwmon5/pwm2'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('the processor of this machine', () => {
  const policies = {
    [policy]: '1500000\n',
    'sys/devices/system/cpu/cpufreq/policy0/scaling_min_freq': '600000\n',
    'sys/devices/system/cpu/cpufreq/policy4/scaling_max_freq': '2400000\n',
    'sys/devices/system/cpu/cpufreq/policy4/scaling_min_freq': '300000\n',
    'sys/devices/system/cpu/cpufreq/boost': '0\n',
    'proc/sys/kernel/random/boot_id': 'one\n',
  }
  const other = 'sys/devices/system/cpu/cpufreq/policy4/scaling_max_freq'

  it('is limited in all its parts, and never below what they can do', async () => {
    const { devices, read } = await found(policies)
    expect(devices.cpu?.name).toBe('cpufreq policy0 policy4')
    await devices.cpu?.setLimit(0.25)
    expect([await read(policy), await read(other)]).toEqual(['600000', '600000'])
    await devices.cpu?.release()
    expect([await read(policy), await read(other)]).toEqual(['1500000', '2400000'])
  })

  it('is not touched while no limit is asked for', async () => {
    const { tree, devices, read } = await found(policies)
    await tree.write(policy, '1000000\n')
    await devices.cpu?.setLimit(1)
    await devices.cpu?.release()
    expect(await read(policy)).toBe('1000000')
    await tree.remove(policy)
    await devices.cpu?.setLimit(1)
    await devices.cpu?.release()
  })

  it('has the limit of a crashed daemon lifted by the next, and another boot’s forgotten', async () => {
    const folder = await makeLinuxTree({})
    trees.push(folder)
    const originalsFile = join(folder.path, 'originals.json')
    const { tree, devices, read, again } = await found(policies, { originalsFile })
    await devices.cpu?.setLimit(0.5)
    await expect.poll(() => readFile(originalsFile, 'utf8').catch(() => '')).toContain('policy4')
    const second = again()
    await second.cpu?.setLimit(0.8)
    expect(await read(policy)).toBe('1200000')
    await second.cpu?.release()
    expect([await read(policy), await read(other)]).toEqual(['1500000', '2400000'])
    await expect.poll(() => readFile(originalsFile, 'utf8').catch(() => 'gone')).toBe('gone')

    await devices.cpu?.setLimit(0.5)
    await tree.write('proc/sys/kernel/random/boot_id', 'two\n')
    await again().cpu?.release()
    expect(await read(policy)).toBe('750000')
  })

  it('has its other parts limited when one cannot be', async () => {
    const { tree, devices, read } = await found(policies)
    await tree.remove(policy)
    await expect(devices.cpu?.setLimit(0.5)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(await read(other)).toBe('1200000')
  })
})

describe('the watchdog of this machine', () => {
  it('is fed with anything but the letter that disarms, and that comes last', async () => {
    const { tree, devices } = await found(raspberryPi4)
    await devices.watchdog?.open()
    await devices.watchdog?.feed()
    await devices.watchdog?.feed()
    expect(await readFile(join(tree.path, 'dev/watchdog0'), 'utf8')).toBe('\0\0')
    await devices.watchdog?.close()
    expect(await readFile(join(tree.path, 'dev/watchdog0'), 'utf8')).toBe('\0\0V')
  })

  it('says what its driver says, and nothing that the driver does not know', async () => {
    const { tree, devices } = await found(raspberryPi4)
    expect(devices.watchdog?.state).toEqual({ condition: 'closed', timeoutSeconds: 15, noWayOut: false })
    const about = 'sys/class/watchdog/watchdog0'
    await tree.write(`${about}/nowayout`, '1\n')
    await tree.write(`${about}/options`, '0x81a0\n')
    expect(devices.watchdog?.state).toMatchObject({ noWayOut: true, causedLastReset: false })
    await tree.write(`${about}/bootstatus`, '32\n')
    expect(devices.watchdog?.state).toMatchObject({ causedLastReset: true })
    await tree.remove(about)
    expect(devices.watchdog?.state).toEqual({ condition: 'closed' })
  })

  it('is dead when its file takes nothing, and works again once it does', async () => {
    const { tree, devices } = await found(raspberryPi4)
    const path = join(tree.path, 'dev/watchdog0')
    await rm(path)
    // Every write to it fails, as to a device whose driver is gone.
    await symlink('/dev/full', path)
    await devices.watchdog?.open()
    await expect(devices.watchdog?.feed()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(devices.watchdog?.state).toMatchObject({
      condition: 'failed',
      failure: 'the watchdog takes no food (ENOSPC)',
    })
    await rm(path)
    await writeFile(path, '')
    await devices.watchdog?.feed()
    expect(devices.watchdog?.state.condition).toBe('armed')
    expect(devices.watchdog?.state).not.toHaveProperty('failure')
  })

  it('cannot be opened where it is gone, and is not dead for that', async () => {
    const { tree, devices } = await found(raspberryPi4)
    await tree.remove('dev/watchdog0')
    await expect(devices.watchdog?.open()).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(devices.watchdog?.state.condition).toBe('closed')
  })
})

describe('shutting this machine down', () => {
  it('is not possible in a container, nor without the programs', async () => {
    const { tree, again } = await found({ 'proc/1/comm': 'sh\n', 'bin/shutdown': '#!/bin/sh\n' })
    await chmod(join(tree.path, 'bin/shutdown'), 0o755)
    expect(again().powerDown).toBeUndefined()
    await tree.write('proc/1/comm', 'init\n')
    expect(again().powerDown?.name).toBe('shutdown -h now')
    const { devices: others } = await found({ 'proc/1/comm': 'init\n', 'run/systemd/system/x': '' })
    expect(others.powerDown).toBeUndefined()
  })

  it('says so when the program fails', async () => {
    const { tree, again } = await found({
      'run/systemd/system/x': '',
      'bin/systemctl': '#!/bin/sh\necho no >&2; exit 4\n',
    })
    await chmod(join(tree.path, 'bin/systemctl'), 0o755)
    await expect(again().powerDown?.powerDown('test')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })
})

describe('values that were found', () => {
  it('are not believed from a file that is damaged, too large or another’s', async () => {
    const tree = await makeLinuxTree({})
    trees.push(tree)
    const file = join(tree.path, 'originals.json')
    for (const text of ['', '{', '[]', '{"boot":"one","values":{"a":5}}', '{"boot":"two","values":{"a":"5"}}']) {
      await writeFile(file, text)
      expect(new Originals({ file, bootId: 'one' }).of('a')).toBeUndefined()
    }
    await writeFile(file, '{"boot":"one","values":{"a":"5"}}')
    const originals = new Originals({ file, bootId: 'one' })
    expect(originals.keep('a', '7')).toBe('5')
  })

  it('are known even where nothing can be written', async () => {
    const originals = new Originals({ file: '/proc/nowhere/originals.json', bootId: 'one' })
    expect(originals.keep('a', '5')).toBe('5')
    await originals.written()
    expect(originals.of('a')).toBe('5')
    originals.forget('a')
    expect(originals.of('a')).toBeUndefined()
    await originals.written()
  })
})
