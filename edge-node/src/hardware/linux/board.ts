import { readFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '@wrale/kernel'
import type { Readings } from '@wrale/protocol'
import type { Board, BoardDescription, BoardSample } from '../board.ts'
import type { Devices } from '../devices.ts'
import type { LineDriver } from '../gpio/driver.ts'
import { LinuxLines } from '../gpio/linux/lines.ts'
import type { I2cAdapter } from '../i2c/adapter.ts'
import { LinuxI2cAdapter } from '../i2c/linux/adapter.ts'
import { askSystemInformation } from './ask-system.ts'
import { type AskSystem, describeMachine } from './identity.ts'
import { countedInterfaces, type NetworkCounters, networkRates } from './network.ts'
import { readAlarms, readPowerSource } from './power.ts'
import { busyRatio, type CpuTicks, parseCpuTicks, parseLoad1, parseMemory, parseNetDev, parseUptime } from './proc.ts'
import { findSensors, type SensorMap } from './sensors.ts'
import { type LinuxRoots, readNumber, realRoots } from './sysfs.ts'

export interface LinuxBoardOptions {
  /** File system whose room is reported: a path on it. */
  readonly diskPath: string
  /** Default: those of this machine. */
  readonly roots?: LinuxRoots
  /** Between two searches for sensors that came or went, ms. Default 60 000. */
  readonly searchEveryMs?: number
  /** Default: the systeminformation package. */
  readonly askSystem?: AskSystem
}

interface Found {
  readonly atMs: number
  readonly sensors: SensorMap
  readonly interfaces: readonly string[]
}

/** This machine, read from /proc and /sys. */
export class LinuxBoard implements Board {
  readonly simulated = false
  readonly #clock: Clock
  readonly #roots: LinuxRoots
  readonly #diskPath: string
  readonly #searchEveryMs: number
  readonly #askSystem: AskSystem
  #found: Found | undefined
  #ticks: CpuTicks | undefined
  #network: NetworkCounters | undefined
  #lines: LineDriver | undefined
  readonly #buses = new Map<number, I2cAdapter>()

  constructor(deps: { readonly clock: Clock }, options: LinuxBoardOptions) {
    this.#clock = deps.clock
    this.#roots = options.roots ?? realRoots
    this.#diskPath = options.diskPath
    this.#searchEveryMs = options.searchEveryMs ?? 60_000
    const askSystem = options.askSystem ?? askSystemInformation
    let asked: ReturnType<AskSystem> | undefined
    // What machine this is does not change while it runs.
    this.#askSystem = () => (asked ??= askSystem())
  }

  async describe(): Promise<BoardDescription> {
    const { sensors, interfaces } = await this.#search()
    return describeMachine(this.#roots, { sensors, interfaces, diskPath: this.#diskPath, askSystem: this.#askSystem })
  }

  async sample(): Promise<BoardSample> {
    const { sensors, interfaces } = await this.#search()
    const readings: Readings = {}
    this.#readProc(readings, interfaces)
    await this.#readDisk(readings)
    for (const { metric, path, scale } of sensors.files) {
      const value = await readNumber(path)
      if (value !== undefined) readings[metric] = value * scale
    }
    const powerSource = await readPowerSource(sensors)
    const alarms = await readAlarms(sensors)
    return { readings, alarms, ...(powerSource === undefined ? {} : { powerSource }) }
  }

  #readProc(readings: Readings, interfaces: readonly string[]): void {
    const stat = this.#proc('stat')
    const ticks = stat === undefined ? undefined : parseCpuTicks(stat)
    const busy = this.#ticks === undefined || ticks === undefined ? undefined : busyRatio(this.#ticks, ticks)
    if (busy !== undefined) readings.cpuBusyRatio = busy
    this.#ticks = ticks

    const memory = parseMemory(this.#proc('meminfo') ?? '')
    if (memory !== undefined) readings.memoryTotalBytes = memory.total
    if (memory?.used !== undefined) readings.memoryUsedBytes = memory.used
    const load1 = parseLoad1(this.#proc('loadavg') ?? '')
    if (load1 !== undefined) readings.load1 = load1
    const uptime = parseUptime(this.#proc('uptime') ?? '')
    if (uptime !== undefined) readings.uptimeSeconds = uptime

    const network: NetworkCounters = {
      atMs: this.#clock.monotonicMs(),
      interfaces: parseNetDev(this.#proc('net/dev') ?? ''),
    }
    const rates = this.#network === undefined ? undefined : networkRates(this.#network, network, interfaces)
    if (rates !== undefined) {
      readings.networkReceiveBytesPerSecond = rates.receive
      readings.networkTransmitBytesPerSecond = rates.transmit
    }
    this.#network = network
  }

  async #readDisk(readings: Readings): Promise<void> {
    try {
      const { blocks, bfree, bsize } = await statfs(this.#diskPath)
      // Some virtual file systems say that they have no blocks at all: that is no reading, not a full disk.
      if (blocks === 0) return
      readings.diskTotalBytes = blocks * bsize
      readings.diskUsedBytes = (blocks - bfree) * bsize
    } catch {
      // The path went away or its device does not answer: absent.
    }
  }

  devices(): Devices {
    return {}
  }

  lineDriver(): LineDriver {
    this.#lines ??= new LinuxLines({ root: join(this.#roots.sys, 'class/gpio') })
    return this.#lines
  }

  i2cAdapter(bus: number): I2cAdapter {
    let adapter = this.#buses.get(bus)
    if (adapter === undefined) this.#buses.set(bus, (adapter = new LinuxI2cAdapter(bus)))
    return adapter
  }

  /** Reading /proc never waits for a device, and synchronously it costs a tenth of the CPU time. */
  #proc(name: string): string | undefined {
    try {
      return readFileSync(join(this.#roots.proc, name), 'utf8')
    } catch {
      return undefined
    }
  }

  async #search(): Promise<Found> {
    const atMs = this.#clock.monotonicMs()
    if (this.#found === undefined || atMs - this.#found.atMs >= this.#searchEveryMs) {
      this.#found = {
        atMs,
        sensors: await findSensors(this.#roots),
        interfaces: await countedInterfaces(this.#roots.sys),
      }
    }
    return this.#found
  }
}
