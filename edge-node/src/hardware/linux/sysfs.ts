import { constants, readdirSync, readFileSync } from 'node:fs'
import { open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where the kernel's file systems are; a test gives folders of its own. */
export interface LinuxRoots {
  /** Default /proc. */
  readonly proc: string
  /** Default /sys. */
  readonly sys: string
  /** Default /etc. */
  readonly etc: string
  /** Default /dev. */
  readonly dev: string
  /** Default /run. */
  readonly run: string
}

export const realRoots: LinuxRoots = { proc: '/proc', sys: '/sys', etc: '/etc', dev: '/dev', run: '/run' }

/** Content without surrounding white space and closing zeros (device tree strings); undefined when it cannot be read or is empty. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return trimmed(await readFile(path, 'utf8'))
  } catch {
    // A missing file, a driver that answers EAGAIN or ENODATA, a device that went away: absent in every case.
    return undefined
  }
}

/** As `readText`, for a moment in which nothing else may come in between. Attributes of the kernel's own answer without waiting. */
export function readTextSync(path: string): string | undefined {
  try {
    return trimmed(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

function trimmed(text: string): string | undefined {
  return text.replaceAll('\0', '').trim() || undefined
}

/** Writes an attribute that is there; never makes a file. @throws what the kernel answers */
export async function writeAttribute(path: string, text: string): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_TRUNC)
  try {
    await file.write(text)
  } finally {
    await file.close()
  }
}

/** A file with one number. Undefined when the file cannot be read; NaN when a sensor answers something that is not a number. */
export async function readNumber(path: string): Promise<number | undefined> {
  const text = await readText(path)
  return text === undefined ? undefined : Number(text)
}

/** Names in a folder in natural order; none when there is no such folder. */
export async function list(folder: string): Promise<readonly string[]> {
  try {
    return naturally(await readdir(folder))
  } catch {
    return []
  }
}

/** As `list`. */
export function listSync(folder: string): readonly string[] {
  try {
    return naturally(readdirSync(folder))
  } catch {
    return []
  }
}

function naturally(names: readonly string[]): readonly string[] {
  return names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

export interface Device {
  readonly path: string
  /** What the driver calls it: content of its `name` or `type` file. */
  readonly name: string
  readonly files: ReadonlySet<string>
}

/** Devices of a class (`hwmon`, `thermal`, `power_supply`) with the name that `nameFile` holds. */
export async function devices(sysRoot: string, className: string, nameFile: string): Promise<readonly Device[]> {
  const folder = join(sysRoot, 'class', className)
  const found: Device[] = []
  for (const entry of await list(folder)) {
    const path = join(folder, entry)
    const files = new Set(await list(path))
    if (!files.has(nameFile)) continue
    found.push({ path, name: (await readText(join(path, nameFile))) ?? entry, files })
  }
  return found
}

/** As `devices`. */
export function devicesSync(sysRoot: string, className: string, nameFile: string): readonly Device[] {
  const folder = join(sysRoot, 'class', className)
  return listSync(folder).flatMap((entry) => {
    const path = join(folder, entry)
    const files = new Set(listSync(path))
    return files.has(nameFile) ? [{ path, name: readTextSync(join(path, nameFile)) ?? entry, files }] : []
  })
}
