import { statfs } from 'node:fs/promises'
import { arch } from 'node:os'
import { join } from 'node:path'
import { type BoardDescription, type BoardPart, type ClockFacts, type HardwareIdentity, partNames } from '../board.ts'
import type { Devices } from '../devices.ts'
import { countCores, parseMemory } from './proc.ts'
import { revisionCode, revisionMemoryBytes } from './revision.ts'
import type { SensorMap } from './sensors.ts'
import { type LinuxRoots, list, readText } from './sysfs.ts'

/** Asks the rest of the system what machine this is; slow, and asked only where kernel files do not say. */
export type AskSystem = () => Promise<{ readonly manufacturer: string; readonly model: string }>

export interface MachineContext {
  readonly devices: Devices
  readonly clock: ClockFacts
  readonly sensors: SensorMap
  readonly interfaces: readonly string[]
  readonly diskPath: string
  readonly askSystem: AskSystem
}

/** What this machine is, from the device tree (boards) or DMI (computers). */
export async function describeMachine(roots: LinuxRoots, context: MachineContext): Promise<BoardDescription> {
  const parts = new Map(context.sensors.parts)
  if (context.interfaces.length > 0) parts.set('network', context.interfaces.slice(0, 8).join(' '))
  const disk = await diskBytes(context.diskPath)
  const { fan, cpu, powerDown, watchdog } = context.devices
  // A fan that is measured and cannot be set is there too.
  if (fan !== undefined) parts.set('fan', fan.name)
  if (cpu !== undefined) parts.set('cpu-limit', cpu.name)
  if (powerDown !== undefined) parts.set('power-down', powerDown.name)
  if (watchdog !== undefined) parts.set('watchdog', watchdog.name)
  if (context.clock.hasRtc) parts.set('real-time-clock', await realTimeClocks(roots))
  if (disk !== undefined) parts.set('storage', (await storageNames(roots)) || 'file system')
  return {
    hardware: await identity(roots, context.askSystem, disk),
    parts: partNames.map((name) => part(name, parts.get(name))),
  }
}

function part(name: string, detail: string | undefined): BoardPart {
  return detail === undefined ? { name, present: false } : { name, present: true, detail: detail.slice(0, 200) }
}

async function identity(roots: LinuxRoots, askSystem: AskSystem, disk: number | undefined): Promise<HardwareIdentity> {
  const memory = parseMemory((await readText(join(roots.proc, 'meminfo'))) ?? '')
  const revision = await revisionCode(roots.proc)
  const serial =
    (await readText(join(roots.proc, 'device-tree/serial-number'))) ??
    useful(await readText(join(roots.sys, 'class/dmi/id/product_serial')))
  return {
    model: (await model(roots, askSystem)).slice(0, 128),
    ...(serial === undefined ? {} : { serial: serial.slice(0, 64) }),
    ...(revision === undefined ? {} : { revision }),
    architecture: arch(),
    cores: countCores((await readText(join(roots.proc, 'stat'))) ?? '') ?? 1,
    memoryBytes: (revision === undefined ? undefined : revisionMemoryBytes(revision)) ?? memory?.total ?? 0,
    ...(disk === undefined ? {} : { diskBytes: disk }),
  }
}

async function model(roots: LinuxRoots, askSystem: AskSystem): Promise<string> {
  const board = await readText(join(roots.proc, 'device-tree/model'))
  if (board !== undefined) return board
  const dmi = join(roots.sys, 'class/dmi/id')
  const computer = join2(await readText(join(dmi, 'sys_vendor')), await readText(join(dmi, 'product_name')))
  if (computer !== undefined) return computer
  const asked = await askSystem().catch(() => ({ manufacturer: '', model: '' }))
  return join2(asked.manufacturer, asked.model) ?? `Unknown ${arch()} machine`
}

function join2(maker: string | undefined, product: string | undefined): string | undefined {
  return [useful(maker), useful(product)].filter((text) => text !== undefined).join(' ') || undefined
}

/** Makers leave such words in their tables. */
function useful(text: string | undefined): string | undefined {
  const empty =
    text === undefined ||
    /^(|-|0+|none|default string|to be filled.*|system (manufacturer|product name|serial number)|not specified)$/i.test(
      text.trim(),
    )
  return empty ? undefined : text.trim()
}

async function diskBytes(path: string): Promise<number | undefined> {
  try {
    const { blocks, bsize } = await statfs(path)
    return blocks === 0 ? undefined : blocks * bsize
  } catch {
    return undefined
  }
}

async function realTimeClocks(roots: LinuxRoots): Promise<string> {
  const folder = join(roots.sys, 'class/rtc')
  const names = (await list(folder)).map(
    async (entry) => `${entry} ${(await readText(join(folder, entry, 'name'))) ?? ''}`,
  )
  return (await Promise.all(names))
    .map((name) => name.trim())
    .slice(0, 4)
    .join(', ')
}

/** Names of the block devices with hardware behind them, such as an SD card's. */
async function storageNames(roots: LinuxRoots): Promise<string> {
  const folder = join(roots.sys, 'class/block')
  const names: string[] = []
  for (const entry of await list(folder)) {
    const device = join(folder, entry, 'device')
    const name = (await readText(join(device, 'name'))) ?? (await readText(join(device, 'model')))
    if (name !== undefined) names.push(`${entry} ${name}`)
  }
  return names.slice(0, 4).join(', ')
}
