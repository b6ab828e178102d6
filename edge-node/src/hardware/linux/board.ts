import { readFileSync, realpathSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Clock } from '@wrale/kernel'
import type { Readings } from '@wrale/protocol'
import type { Board, BoardAlarms, BoardDescription, BoardSample, ClockFacts, StorageFacts } from '../board.ts'
import type { Devices } from '../devices.ts'
import type { LineDriver } from '../gpio/driver.ts'
import { type Header, headerOf } from '../gpio/header.ts'
import { LinuxLines } from '../gpio/linux/lines.ts'
import type { I2cAdapter } from '../i2c/adapter.ts'
import { LinuxI2cAdapter } from '../i2c/linux/adapter.ts'
import { type StallState, stepStall } from '../fan/stall.ts'
import { askSystemInformation } from './ask-system.ts'
import { clockFacts } from './clock-source.ts'
import { LinuxDevices } from './devices/linux-devices.ts'
import { systemPath } from './devices/run-command.ts'
import { type AskSystem, describeMachine } from './identity.ts'
import { countedInterfaces, type NetworkCounters, networkRates } from './network.ts'
import { readAlarms, readPowerSource, rememberAlarms } from './power.ts'
import { busyRatio, type CpuTicks, parseCpuTicks, parseLoad1, parseMemory, parseNetDev, parseUptime } from './proc.ts'
import { findSensors, type SensorMap } from './sensors.ts'
import { type LinuxRoots, readNumber, readTextSync, realRoots } from './sysfs.ts'
import { blockDevices, emmcWear, parseWrittenBytes, readOnlyAt, systemWrittenBytes } from './wear.ts'

export interface LinuxBoardOptions {
  /** File system whose room is reported: a path on it. */
  readonly diskPath: string
  /** Default: those of this machine. */
  readonly roots?: LinuxRoots
  /** Between two searches for sensors that came or went, ms. Default 60 000. */
  readonly searchEveryMs?: number
  /** Between two questions about where the time comes from, ms. Default 300 000. */
  readonly clockEveryMs?: number
  /** Default: the systeminformation package. */
  readonly askSystem?: AskSystem
  /** As of LinuxDevices. */
  readonly originalsFile?: string
  /** Folders of the system's programs. Default: the usual ones. */
  readonly programFolders?: readonly string[]
}

interface Found {
  readonly atMs: number
  readonly sensors: SensorMap
  readonly interfaces: readonly string[]
  readonly disks: readonly string[]
  readonly wear: StorageFacts
}

/** This machine, read from /proc and /sys. */
export class LinuxBoard implements Board {
  readonly simulated = false
  readonly #clock: Clock
  readonly #roots: LinuxRoots
  readonly #diskPath: string
  /** Without symbolic links, as mounts are listed. */
  readonly #realDiskPath: string
  readonly #searchEveryMs: number
  readonly #askSystem: AskSystem
  readonly #clockEveryMs: number
  readonly #programFolders: readonly string[]
  readonly #devices: LinuxDevices
  readonly #buses = new Map<number, I2cAdapter>()
  #found: Found | undefined
  #clockFacts: { readonly atMs: number; readonly asked: Promise<ClockFacts>; readonly facts?: ClockFacts } | undefined
  #alarms: BoardAlarms = {}
  #stall: StallState = {}
  #ticks: CpuTicks | undefined
  #network: NetworkCounters | undefined
  #lines: LineDriver | undefined

  constructor(deps: { readonly clock: Clock }, options: LinuxBoardOptions) {
    this.#clock = deps.clock
    this.#roots = options.roots ?? realRoots
    this.#diskPath = options.diskPath
    this.#realDiskPath = realPath(options.diskPath)
    this.#searchEveryMs = options.searchEveryMs ?? 60_000
    this.#clockEveryMs = options.clockEveryMs ?? 300_000
    this.#programFolders = options.programFolders ?? systemPath
    this.#devices = new LinuxDevices(this.#roots, options)
    const askSystem = options.askSystem ?? askSystemInformation
    let asked: ReturnType<AskSystem> | undefined
    // What machine this is does not change while it runs.
    this.#askSystem = () => (asked ??= askSystem())
  }

  async describe(): Promise<BoardDescription> {
    const { sensors, interfaces } = await this.#search()
    return describeMachine(this.#roots, {
      sensors,
      interfaces,
      devices: this.devices(),
      clock: await this.#askClock(),
      diskPath: this.#diskPath,
      askSystem: this.#askSystem,
    })
  }

  async sample(): Promise<BoardSample> {
    const { sensors, interfaces, disks, wear } = await this.#search()
    await this.#devices.fan?.hold()
    const readings: Readings = {}
    this.#readProc(readings, interfaces)
    await this.#readDisk(readings, disks)
    for (const { metric, path, scale } of sensors.files) {
      const value = await readNumber(path)
      if (value !== undefined) readings[metric] = value * scale
    }
    const powerSource = await readPowerSource(sensors)
    const readOnly = readOnlyAt(this.#proc('mounts') ?? '', this.#realDiskPath)
    void this.#askClock()
    const clock = this.#clockFacts?.facts
    return {
      readings,
      alarms: await this.#judgeAlarms(sensors, readings),
      storage: { ...wear, ...(readOnly === undefined ? {} : { readOnly }) },
      ...(powerSource === undefined ? {} : { powerSource }),
      ...(clock === undefined ? {} : { clock }),
    }
  }

  async #judgeAlarms(sensors: SensorMap, { fanDutyRatio, fanRpm }: Readings): Promise<BoardAlarms> {
    this.#alarms = rememberAlarms(this.#alarms, await readAlarms(sensors))
    const observed = { dutyRatio: this.#devices.fan?.askedDuty ?? fanDutyRatio, rpm: fanRpm }
    const { state, stalled } = stepStall(this.#stall, observed, this.#clock.monotonicMs())
    this.#stall = state
    return stalled === undefined ? this.#alarms : { ...this.#alarms, fanStalled: stalled }
  }

  /** Where the time comes from. A sample takes what was said last, for the answer may take seconds. */
  #askClock(): Promise<ClockFacts> {
    const atMs = this.#clock.monotonicMs()
    const last = this.#clockFacts
    if (last !== undefined && atMs - last.atMs < this.#clockEveryMs) return last.asked
    const asked = clockFacts({ roots: this.#roots, programFolders: this.#programFolders })
    this.#clockFacts = { ...last, atMs, asked }
    void asked.then((facts) => {
      this.#clockFacts = { atMs, asked, facts }
    })
    return asked
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

  async #readDisk(readings: Readings, disks: readonly string[]): Promise<void> {
    const own = parseWrittenBytes(this.#proc('self/io') ?? '')
    if (own !== undefined) readings.writtenBytes = own
    const system = systemWrittenBytes(this.#roots.sys, disks)
    if (system !== undefined) readings.systemWrittenBytes = system
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
    return this.#devices.find()
  }

  header(): Header | undefined {
    return headerOf(readTextSync(join(this.#roots.proc, 'device-tree/model')) ?? '')
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
      const disks = await blockDevices(this.#roots.sys)
      this.#found = {
        atMs,
        sensors: await findSensors(this.#roots),
        interfaces: await countedInterfaces(this.#roots.sys),
        disks,
        wear: await emmcWear(this.#roots.sys, disks),
      }
    }
    return this.#found
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    // It is made later.
    return resolve(path)
  }
}
