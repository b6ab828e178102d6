import { VirtualClock } from '@wrale/kernel/testing'
import { chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { describeBoardConformance } from '../testing/board-conformance.ts'
import { type LinuxTree, makeLinuxTree, raspberryPi4 } from '../testing/linux-tree.ts'
import { LinuxBoard } from './board.ts'
import { networkRates } from './network.ts'
import {
  busyRatio,
  countCores,
  parseCpuTicks,
  parseLoad1,
  parseMemory,
  parseNetDev,
  parseOsName,
  parseUptime,
} from './proc.ts'

const trees: LinuxTree[] = []
afterEach(async () => {
  for (const tree of trees.splice(0)) await tree.dispose()
})

async function makeBoard(files: Readonly<Record<string, string>> = raspberryPi4) {
  const tree = await makeLinuxTree(files)
  trees.push(tree)
  const clock = new VirtualClock()
  const board = new LinuxBoard(
    { clock },
    {
      diskPath: tmpdir(),
      roots: tree.roots,
      programFolders: [join(tree.path, 'bin')],
      askSystem: async () => ({ manufacturer: 'Acme', model: 'Box' }),
    },
  )
  return { tree, clock, board }
}

describeBoardConformance('a Raspberry Pi 4', async () => {
  const { tree, clock, board } = await makeBoard()
  let uptime = 5000
  return {
    board,
    async pass(ms) {
      await clock.advance(ms)
      await tree.write('proc/uptime', `${(uptime += ms / 1000)} 1\n`)
    },
  }
})

describe('the files of /proc', () => {
  it('give processor time, with waiting for disks as idle', () => {
    const before = parseCpuTicks('cpu  100 10 50 800 40 0 0 0 5 0\ncpu0 1 1 1 1\n')
    const after = parseCpuTicks('cpu  130 10 70 900 90 0 0 0 5 0\n')
    expect(before).toEqual({ busy: 160, total: 1000 })
    expect(busyRatio(before!, after!)).toBeCloseTo(50 / 200)
  })

  it('give no ratio when no time passed or counters went back', () => {
    expect(busyRatio({ busy: 5, total: 10 }, { busy: 5, total: 10 })).toBeUndefined()
    expect(busyRatio({ busy: 5, total: 10 }, { busy: 4, total: 20 })).toBeUndefined()
    expect(busyRatio({ busy: 5, total: 10 }, { busy: 50, total: 20 })).toBeUndefined()
  })

  it('give memory in bytes; old kernels do not say what is available', () => {
    expect(parseMemory('MemTotal: 1000 kB\nMemAvailable: 400 kB\n')).toEqual({ total: 1_024_000, used: 614_400 })
    expect(parseMemory('MemTotal: 1000 kB\n')).toEqual({ total: 1_024_000, used: undefined })
  })

  it('give load, uptime, cores and the name of the system', () => {
    expect(parseLoad1('1.25 0.33 0.41 1/98 11408\n')).toBe(1.25)
    expect(parseUptime('350.5 600.1\n')).toBe(350.5)
    expect(countCores(raspberryPi4['proc/stat']!)).toBe(2)
    expect(parseOsName('NAME=x\nPRETTY_NAME="Debian GNU/Linux 12"\n')).toBe('Debian GNU/Linux 12')
    expect(parseOsName('PRETTY_NAME=Alpine\n')).toBe('Alpine')
  })

  it('give counters for each interface', () => {
    const found = parseNetDev(raspberryPi4['proc/net/dev']!)
    expect([...found.keys()]).toEqual(['lo', 'eth0', 'docker0'])
    expect(found.get('eth0')).toEqual({ received: 1_000_000, transmitted: 400_000 })
  })

  it('are absent, not zero, when they are damaged', () => {
    for (const text of ['', 'garbage\n', 'cpu  x y z\n', 'eth0: 1 2\n', 'MemTotal: many kB']) {
      expect(parseCpuTicks(text)).toBeUndefined()
      expect(parseMemory(text)).toBeUndefined()
      expect(parseLoad1(text)).toBeUndefined()
      expect(parseUptime(text)).toBeUndefined()
      expect(parseNetDev(text).size).toBe(0)
      expect(parseOsName(text)).toBeUndefined()
    }
  })
})

describe('network rates', () => {
  const at = (atMs: number, eth0: number, wlan0: number) => ({
    atMs,
    interfaces: new Map([
      ['eth0', { received: eth0, transmitted: eth0 }],
      ['wlan0', { received: wlan0, transmitted: wlan0 }],
    ]),
  })

  it('add up the counted interfaces', () => {
    expect(networkRates(at(0, 100, 100), at(2000, 300, 500), ['eth0', 'wlan0'])).toEqual({
      receive: 300,
      transmit: 300,
    })
    expect(networkRates(at(0, 100, 100), at(2000, 300, 500), ['eth0'])).toEqual({ receive: 100, transmit: 100 })
  })

  it('leave out an interface whose counters began anew, and are absent when none is left', () => {
    expect(networkRates(at(0, 900, 100), at(1000, 10, 300), ['eth0', 'wlan0'])).toEqual({ receive: 200, transmit: 200 })
    expect(networkRates(at(0, 900, 100), at(1000, 10, 300), ['eth0'])).toBeUndefined()
    expect(networkRates(at(0, 1, 1), at(0, 2, 2), ['eth0'])).toBeUndefined()
  })
})

const noAlarms = {
  underVoltage: false,
  frequencyCapped: false,
  throttled: false,
  softTemperatureLimit: false,
  underVoltageSinceBoot: false,
  frequencyCappedSinceBoot: false,
  throttledSinceBoot: false,
  softTemperatureLimitSinceBoot: false,
}

describe('the Linux board', () => {
  it('reads every sensor of a Raspberry Pi in the units of the catalogue', async () => {
    const { tree, clock, board } = await makeBoard()
    const first = await board.sample()
    expect(first.readings).not.toHaveProperty('cpuBusyRatio')
    expect(first.readings).not.toHaveProperty('networkReceiveBytesPerSecond')
    await clock.advance(1000)
    await tree.write('proc/stat', 'cpu  1030 0 520 8100 550 0 0 0 0 0\ncpu0 1 1 1 1\n')
    await tree.write(
      'proc/net/dev',
      raspberryPi4['proc/net/dev']!.replace('1000000', '1020000').replace('777777', '999999'),
    )
    const { readings, powerSource, alarms } = await board.sample()
    expect(readings).toMatchObject({
      cpuBusyRatio: 0.25,
      load1: 0.42,
      memoryTotalBytes: 3_884_396 * 1024,
      memoryUsedBytes: 1_000_000 * 1024,
      networkReceiveBytesPerSecond: 20_000,
      networkTransmitBytesPerSecond: 0,
      batteryRatio: 0.93,
      fanRpm: 2310,
      uptimeSeconds: 5000.25,
    })
    expect(readings.temperatureCelsius).toBeCloseTo(48.312)
    expect(readings.supplyVolts).toBeCloseTo(5.102)
    expect(readings.powerWatts).toBeCloseTo(4.35)
    expect(readings.fanDutyRatio).toBeCloseTo(0.4)
    expect(powerSource).toBe('mains')
    expect(alarms).toEqual({ ...noAlarms, fanStalled: false })
  })

  it('says what the board is', async () => {
    const { board } = await makeBoard()
    const { hardware, parts } = await board.describe()
    expect(hardware).toMatchObject({
      model: 'Raspberry Pi 4 Model B Rev 1.4',
      serial: '10000000a1b2c3d4',
      revision: 'c03111',
      cores: 2,
      memoryBytes: 4 * 2 ** 30,
    })
    expect(parts.find((part) => part.name === 'storage')).toMatchObject({ present: true, detail: 'mmcblk0 SC64G' })
    expect(parts.filter((part) => !part.present).map((part) => part.name)).toEqual([
      'air-sensor',
      'power-down',
      'real-time-clock',
    ])
    const detail = (name: string) => parts.find((part) => part.name === name)?.detail
    expect(detail('fan')).toBe('pwmfan pwm1')
    expect(detail('cpu-limit')).toBe('cpufreq policy0')
    expect(detail('watchdog')).toBe('watchdog0 Broadcom BCM2835 Watchdog timer')
  })

  it('is empty, and nothing worse, where there is nothing to read', async () => {
    const { tree, board } = await makeBoard({})
    const { readings, powerSource, alarms } = await board.sample()
    expect(Object.keys(readings).toSorted()).toEqual(['diskTotalBytes', 'diskUsedBytes'])
    expect(powerSource).toBeUndefined()
    expect(alarms).toEqual({})
    const { hardware, parts } = await board.describe()
    expect(hardware.model).toBe('Acme Box')
    expect(parts.filter((part) => part.present).map((part) => part.name)).toEqual(['storage'])
    await tree.dispose()
    expect((await board.sample()).readings).not.toHaveProperty('temperatureCelsius')
  })

  it('uses DMI where there is no device tree, without what makers forgot to fill in', async () => {
    const { board } = await makeBoard({
      'sys/class/dmi/id/sys_vendor': 'To Be Filled By O.E.M.\n',
      'sys/class/dmi/id/product_name': 'NUC8i5BEH\n',
      'sys/class/dmi/id/product_serial': 'Default string\n',
    })
    const { hardware } = await board.describe()
    expect(hardware.model).toBe('NUC8i5BEH')
    expect(hardware).not.toHaveProperty('serial')
  })

  it('hears both sources of under-voltage', async () => {
    for (const [file, text] of [
      ['sys/class/hwmon/hwmon1/in0_lcrit_alarm', '1\n'],
      ['sys/devices/platform/soc/soc:firmware/get_throttled', '50005\n'],
    ] as const) {
      const { board } = await makeBoard({ ...raspberryPi4, [file]: text })
      expect((await board.sample()).alarms.underVoltage).toBe(true)
    }
    const { board } = await makeBoard({ 'sys/devices/platform/soc/soc:firmware/get_throttled': '0x50000\n' })
    expect((await board.sample()).alarms).toEqual({
      ...noAlarms,
      underVoltageSinceBoot: true,
      throttledSinceBoot: true,
    })
  })

  it('is on battery when that discharges, and takes no notice of a mouse', async () => {
    const supplies = {
      ...raspberryPi4,
      'sys/class/power_supply/usb/online': '0\n',
      'sys/class/power_supply/battery/status': 'Discharging\n',
    }
    expect((await (await makeBoard(supplies)).board.sample()).powerSource).toBe('battery')
    const { board } = await makeBoard({ ...supplies, 'sys/class/power_supply/battery/scope': 'Device\n' })
    const sample = await board.sample()
    expect(sample.powerSource).toBeUndefined()
    expect(sample.readings).not.toHaveProperty('batteryRatio')
  })

  it('tells a sensor that is gone from one that talks nonsense, and finds one that comes later', async () => {
    const { tree, clock, board } = await makeBoard()
    await board.sample()
    await tree.remove('sys/class/thermal/thermal_zone0/temp')
    await tree.write('sys/class/hwmon/hwmon2/fan1_input', 'nonsense\n')
    const { readings } = await board.sample()
    expect(readings).not.toHaveProperty('temperatureCelsius')
    expect(readings.fanRpm).toBeNaN()
    await clock.advance(60_000)
    expect((await board.sample()).readings.temperatureCelsius).toBeCloseTo(48.312)
  })

  it('counts what is written, by itself and to the devices that are real', async () => {
    const { tree, board } = await makeBoard()
    const { readings, storage } = await board.sample()
    expect(readings).toMatchObject({ writtenBytes: 409_600, systemWrittenBytes: 2_048_000 * 512 })
    expect(storage).toEqual({ readOnly: false })
    await tree.write('proc/mounts', '/dev/mmcblk0p2 / ext4 ro,noatime 0 0\n')
    expect((await board.sample()).storage).toEqual({ readOnly: true })
  })

  it('says how worn an eMMC is', async () => {
    const { board } = await makeBoard({
      ...raspberryPi4,
      'sys/block/mmcblk0/device/life_time': '0x01 0x03\n',
      'sys/block/mmcblk0/device/pre_eol_info': '0x02\n',
    })
    expect((await board.sample()).storage).toEqual({ readOnly: false, lifeUsedRatio: 0.3, reserve: 'warning' })
  })

  it('says where its time comes from, once it has asked', async () => {
    const { board } = await makeBoard()
    await board.describe()
    expect((await board.sample()).clock).toEqual({ source: 'ntp', by: 'systemd-timesyncd', hasRtc: false })
  })

  it('remembers what the firmware said once, for its memory is cleared by the kernel', async () => {
    const { tree, board } = await makeBoard()
    const flags = 'sys/devices/platform/soc/soc:firmware/get_throttled'
    await tree.write(flags, '2\n')
    expect((await board.sample()).alarms).toMatchObject({ frequencyCapped: true, frequencyCappedSinceBoot: true })
    await tree.write(flags, '80000\n')
    expect((await board.sample()).alarms).toMatchObject({ softTemperatureLimitSinceBoot: true })
    await tree.write(flags, '0\n')
    expect((await board.sample()).alarms).toEqual({
      ...noAlarms,
      frequencyCappedSinceBoot: true,
      softTemperatureLimitSinceBoot: true,
      fanStalled: false,
    })
  })

  it('says that the fan is stalled when it was asked for and does not turn', async () => {
    const { tree, clock, board } = await makeBoard()
    await board.devices().fan?.setDuty(0.8)
    await tree.write('sys/class/hwmon/hwmon2/fan1_input', '0\n')
    expect((await board.sample()).alarms.fanStalled).toBe(false)
    await clock.advance(5000)
    expect((await board.sample()).alarms.fanStalled).toBe(true)
    // What was asked for is known even where it cannot be read back.
    await tree.remove('sys/class/hwmon/hwmon2/pwm1')
    expect((await board.sample()).alarms.fanStalled).toBe(true)
    await tree.write('sys/class/hwmon/hwmon2/fan1_input', '2000\n')
    expect((await board.sample()).alarms.fanStalled).toBe(false)
    await tree.remove('sys/class/hwmon/hwmon2/fan1_input')
    expect((await board.sample()).alarms).not.toHaveProperty('fanStalled')
  })

  it('turns the fan up again when the kernel turned it down, and leaves it where the kernel turned it up', async () => {
    const { tree, board } = await makeBoard()
    const duty = 'sys/class/hwmon/hwmon2/pwm1'
    await board.devices().fan?.setDuty(0.8)
    expect((await board.sample()).readings.fanDutyRatio).toBeCloseTo(0.8, 2)
    for (const [set, held] of [
      ['51\n', 0.8],
      ['255\n', 1],
    ] as const) {
      await tree.write(duty, set)
      expect((await board.sample()).readings.fanDutyRatio).toBeCloseTo(held, 2)
    }
  })

  it('measures a fan that has steps only, and the air where there is a sensor of it', async () => {
    const { 'sys/class/hwmon/hwmon2/pwm1': _pwm, ...files } = raspberryPi4
    const { board } = await makeBoard({
      ...files,
      'sys/class/hwmon/hwmon4/name': 'sht3x\n',
      'sys/class/hwmon/hwmon4/temp1_input': '21500\n',
      'sys/class/hwmon/hwmon4/humidity1_input': '43200\n',
    })
    const { readings } = await board.sample()
    expect(readings).toMatchObject({ fanDutyRatio: 0.25, fanRpm: 2310 })
    expect(readings.ambientCelsius).toBeCloseTo(21.5)
    expect(readings.humidityRatio).toBeCloseTo(0.432)
  })

  it('has no devices where there are none, and finds one that comes later', async () => {
    const { tree, board } = await makeBoard({})
    expect(board.devices()).toEqual({})
    await tree.write('dev/watchdog', '')
    const { watchdog } = board.devices()
    expect(watchdog?.name).toBe('watchdog')
    expect(board.devices().watchdog).toBe(watchdog)
  })

  it('can be shut down by the programs that it has', async () => {
    const { tree, board } = await makeBoard({
      ...raspberryPi4,
      'run/systemd/system/x': '',
      'bin/systemctl': '#!/bin/sh\n',
    })
    await chmod(join(tree.path, 'bin/systemctl'), 0o755)
    expect(board.devices().powerDown?.name).toBe('systemctl poweroff')
  })
})
