import { join } from 'node:path'
import type { StorageFacts } from '../board.ts'
import { list, readText, readTextSync } from './sysfs.ts'

/** Sectors of /sys/block/NAME/stat are this long whatever the device's are (kernel: Documentation/block/stat). */
const sectorBytes = 512

/** Bytes that a process caused to be written to storage since it began (proc_pid_io(5), `write_bytes`). @param io text of /proc/self/io */
export function parseWrittenBytes(io: string): number | undefined {
  const bytes = /^write_bytes: (\d+)$/m.exec(io)?.[1]
  return bytes === undefined ? undefined : Number(bytes)
}

/** Names of block devices with hardware behind them: not loops, RAM disks and what is made of others, which would count twice. */
export async function blockDevices(sysRoot: string): Promise<readonly string[]> {
  const folder = join(sysRoot, 'block')
  const found: string[] = []
  for (const name of await list(folder)) if ((await list(join(folder, name))).includes('device')) found.push(name)
  return found
}

/** Bytes written to them since the machine started; undefined where there is none that says so. */
export function systemWrittenBytes(sysRoot: string, names: readonly string[]): number | undefined {
  const sectors = names
    // The kernel answers from memory, whatever the device does.
    .map((name) => readTextSync(join(sysRoot, 'block', name, 'stat')))
    .map((text) => Number(text?.split(/\s+/)[6] ?? Number.NaN))
    .filter((count) => Number.isSafeInteger(count) && count >= 0)
  return sectors.length === 0 ? undefined : sectors.reduce((sum, count) => sum + count, 0) * sectorBytes
}

/**
 * Whether the file system that a path is on is mounted read-only; undefined where that is not said.
 * @param mounts text of /proc/mounts (fstab(5)); of several on one folder the last is on top
 * @param path without symbolic links
 */
export function readOnlyAt(mounts: string, path: string): boolean | undefined {
  let best: { readonly folder: string; readonly options: string } | undefined
  for (const line of mounts.split('\n')) {
    const [, folder, , options] = line.split(' ').map(unescaped)
    if (folder === undefined || options === undefined || !isWithin(path, folder)) continue
    if (best === undefined || folder.length >= best.folder.length) best = { folder, options }
  }
  return best?.options.split(',').includes('ro')
}

function isWithin(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`)
}

/** Spaces and the like are written as their octal numbers. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}

const reserves = ['normal', 'warning', 'urgent'] as const

/** What an eMMC says of its own wear (kernel: Documentation/driver-api/mmc/mmc-dev-attrs). SD cards say nothing. */
export async function emmcWear(
  sysRoot: string,
  names: readonly string[],
): Promise<Pick<StorageFacts, 'lifeUsedRatio' | 'reserve'>> {
  for (const name of names) {
    const device = join(sysRoot, 'block', name, 'device')
    const life = lifeUsed(await readText(join(device, 'life_time')))
    const reserve = reserves[Number(await readText(join(device, 'pre_eol_info'))) - 1]
    if (life === undefined && reserve === undefined) continue
    return { ...(life === undefined ? {} : { lifeUsedRatio: life }), ...(reserve === undefined ? {} : { reserve }) }
  }
  return {}
}

/** Two kinds of cells, each in tenths from 0x01; 0x0b is beyond the life that was promised. The worse one counts. */
function lifeUsed(text: string | undefined): number | undefined {
  const tenths = (text ?? '')
    .split(/\s+/)
    .map(Number)
    .filter((value) => value >= 1 && value <= 11)
  return tenths.length === 0 ? undefined : Math.max(...tenths) / 10
}
