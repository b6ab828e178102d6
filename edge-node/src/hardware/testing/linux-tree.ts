import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { LinuxRoots } from '../linux/sysfs.ts'

/** A folder laid out as the kernel lays out /proc and /sys, for a test to change. */
export interface LinuxTree {
  readonly path: string
  readonly roots: LinuxRoots
  /** Writes a file, with its folders; `path` begins with proc/, sys/, etc/, dev/ or run/. */
  write(path: string, text: string): Promise<void>
  remove(path: string): Promise<void>
  dispose(): Promise<void>
}

export async function makeLinuxTree(files: Readonly<Record<string, string>>): Promise<LinuxTree> {
  const path = await mkdtemp(join(tmpdir(), 'wrale-tree-'))
  const tree: LinuxTree = {
    path,
    roots: {
      proc: join(path, 'proc'),
      sys: join(path, 'sys'),
      etc: join(path, 'etc'),
      dev: join(path, 'dev'),
      run: join(path, 'run'),
    },
    async write(file, text) {
      await mkdir(dirname(join(path, file)), { recursive: true })
      await writeFile(join(path, file), text)
    },
    remove: (file) => rm(join(path, file), { recursive: true, force: true }),
    dispose: () => rm(path, { recursive: true, force: true }),
  }
  for (const [file, text] of Object.entries(files)) await tree.write(file, text)
  return tree
}

/** What a Raspberry Pi 4 with a fan, a battery board with an INA219, and an SD card shows. */
export const raspberryPi4: Readonly<Record<string, string>> = {
  'proc/stat':
    'cpu  1000 0 500 8000 500 0 0 0 0 0\ncpu0 500 0 250 4000 250 0 0 0 0 0\ncpu1 500 0 250 4000 250 0 0 0 0 0\nintr 5\n',
  'proc/meminfo': 'MemTotal:        3884396 kB\nMemFree:         2000000 kB\nMemAvailable:    2884396 kB\n',
  'proc/loadavg': '0.42 0.33 0.21 1/98 11408\n',
  'proc/uptime': '5000.25 9000.10\n',
  'proc/net/dev':
    'Inter-|   Receive                            |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes\n' +
    '    lo:    9000      29    0    0    0     0          0         0     9000      29    0    0    0     0       0          0\n' +
    '  eth0: 1000000   28235    0    0    0     0          0         0   400000   18179    0    0    0     0       0          0\n' +
    'docker0: 777777   1    0    0    0     0          0         0   777777   1    0    0    0     0       0          0\n',
  'proc/device-tree/model': 'Raspberry Pi 4 Model B Rev 1.4\0',
  'proc/device-tree/serial-number': '10000000a1b2c3d4\0',
  'etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n',
  'sys/class/thermal/thermal_zone0/type': 'cpu-thermal\n',
  'sys/class/thermal/thermal_zone0/temp': '48312\n',
  'sys/class/hwmon/hwmon0/name': 'cpu_thermal\n',
  'sys/class/hwmon/hwmon0/temp1_input': '48312\n',
  'sys/class/hwmon/hwmon1/name': 'rpi_volt\n',
  'sys/class/hwmon/hwmon1/in0_lcrit_alarm': '0\n',
  'sys/class/hwmon/hwmon2/name': 'pwmfan\n',
  'sys/class/hwmon/hwmon2/pwm1': '102\n',
  'sys/class/hwmon/hwmon2/fan1_input': '2310\n',
  'sys/class/hwmon/hwmon3/name': 'ina219\n',
  'sys/class/hwmon/hwmon3/in1_input': '5102\n',
  'sys/class/hwmon/hwmon3/power1_input': '4350000\n',
  'sys/class/power_supply/battery/type': 'Battery\n',
  'sys/class/power_supply/battery/capacity': '93\n',
  'sys/class/power_supply/battery/status': 'Charging\n',
  'sys/class/power_supply/usb/type': 'USB\n',
  'sys/class/power_supply/usb/online': '1\n',
  'sys/class/net/lo/address': '00:00:00:00:00:00\n',
  'sys/class/net/eth0/address': 'dc:a6:32:00:00:01\n',
  'sys/class/net/eth0/device/uevent': 'DRIVER=bcmgenet\n',
  'sys/class/net/docker0/address': '02:42:00:00:00:01\n',
  'sys/class/block/mmcblk0/device/name': 'SC64G\n',
  'sys/devices/platform/soc/soc:firmware/get_throttled': '0\n',
  'proc/cpuinfo': 'processor\t: 0\n\nHardware\t: BCM2835\nRevision\t: c03111\nSerial\t\t: 10000000a1b2c3d4\n',
  'proc/self/io':
    'rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 409600\ncancelled_write_bytes: 0\n',
  'proc/mounts': '/dev/mmcblk0p2 / ext4 rw,noatime 0 0\ntmpfs /run tmpfs rw,nosuid 0 0\n',
  'proc/sys/kernel/random/boot_id': '6f3c1f2e-0000-4000-8000-000000000001\n',
  'sys/block/mmcblk0/stat': '  1000 0 80000 500 2000 0 2048000 900 0 700 1400\n',
  'sys/block/mmcblk0/device/name': 'SC64G\n',
  'sys/block/loop0/stat': '  1 0 8 0 1 0 8000000 0 0 0 0\n',
  'sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq': '1500000\n',
  'sys/devices/system/cpu/cpufreq/policy0/scaling_min_freq': '600000\n',
  'sys/class/thermal/cooling_device0/type': 'pwm-fan\n',
  'sys/class/thermal/cooling_device0/cur_state': '1\n',
  'sys/class/thermal/cooling_device0/max_state': '4\n',
  'sys/class/watchdog/watchdog0/identity': 'Broadcom BCM2835 Watchdog timer\n',
  'sys/class/watchdog/watchdog0/timeout': '15\n',
  'sys/class/watchdog/watchdog0/nowayout': '0\n',
  'sys/class/watchdog/watchdog0/options': '0x8180\n',
  'sys/class/watchdog/watchdog0/bootstatus': '0\n',
  'run/systemd/timesync/synchronized': '',
  'dev/watchdog0': '',
  'dev/gpiochip0': '',
  'dev/i2c-1': '',
}
