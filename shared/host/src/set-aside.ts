import { readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Damaged files of one name that are kept for who wants to look into them. */
const kept = 2

/**
 * Puts a damaged file, or whatever stands in its place, aside as `<file>.damaged-<n>`, numbers rising, and removes all but the newest two, so
 * that damage that comes again does not fill the disk.
 * @param companions suffixes of files that belong to it and go with it, such as `-wal`
 * @returns where it is now
 */
export function setAside(file: string, companions: readonly string[] = []): string {
  const folder = dirname(file)
  const numbers = damagedNumbers(folder, basename(file))
  const number = Math.max(0, ...numbers) + 1
  const aside = `${file}.damaged-${number}`
  renameSync(file, aside)
  for (const suffix of companions) {
    try {
      renameSync(file + suffix, aside + suffix)
    } catch {
      // It has none, which is the usual case after an orderly end.
    }
  }
  for (const old of numbers.toSorted((a, b) => b - a).slice(kept - 1)) {
    for (const suffix of ['', ...companions])
      rmSync(join(folder, `${basename(file)}.damaged-${old}${suffix}`), { recursive: true, force: true })
  }
  return aside
}

function damagedNumbers(folder: string, name: string): number[] {
  const prefix = `${name}.damaged-`
  return readdirSync(folder)
    .filter((entry) => entry.startsWith(prefix))
    .map((entry) => entry.slice(prefix.length))
    .filter((text) => /^\d{1,9}$/.test(text))
    .map(Number)
}
