import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ClockFacts } from '../board.ts'
import { findProgram, runProgram } from './devices/run-command.ts'
import { type LinuxRoots, list, readText } from './sysfs.ts'

/** A program that does not answer must not be waited for. */
const timeoutMs = 3000

export interface ClockSourceOptions {
  readonly roots: Pick<LinuxRoots, 'sys' | 'run'>
  /** Folders of the system's programs. */
  readonly programFolders: readonly string[]
}

/** Where this machine has its time from. Asks programs, which may take seconds. Never rejects. */
export async function clockFacts({ roots, programFolders }: ClockSourceOptions): Promise<ClockFacts> {
  const rtcs = (await list(join(roots.sys, 'class/rtc'))).filter((name) => /^rtc\d+$/.test(name))
  const hasRtc = rtcs.length > 0
  const by = await disciplinedBy(roots, programFolders)
  if (by !== undefined) return { source: 'ntp', by, hasRtc }
  for (const name of rtcs) {
    // The kernel says so of the one that it set the time from at boot (Documentation/ABI/testing/rtc-cdev, `hctosys`).
    if ((await readText(join(roots.sys, 'class/rtc', name, 'hctosys'))) === '1')
      return { source: 'rtc', by: name, hasRtc }
  }
  return { source: 'none', hasRtc }
}

async function disciplinedBy(
  roots: Pick<LinuxRoots, 'run'>,
  programFolders: readonly string[],
): Promise<string | undefined> {
  // systemd-timesyncd(8) makes this file when it has set the clock for the first time.
  if (existsSync(join(roots.run, 'systemd/timesync/synchronized'))) return 'systemd-timesyncd'
  const isChrony = ['chrony/chronyd.pid', 'chronyd.pid'].some((path) => existsSync(join(roots.run, path)))
  if (isChrony) {
    const tracking = await answer(programFolders, 'chronyc', ['-c', 'tracking'])
    return tracking !== undefined && isChronySynchronised(tracking) ? 'chrony' : undefined
  }
  if (!existsSync(join(roots.run, 'systemd/system'))) return undefined
  const said = await answer(programFolders, 'timedatectl', ['show', '--property=NTPSynchronized', '--value'])
  return said?.trim() === 'yes' ? 'the kernel' : undefined
}

/** One line of values with commas between them: the second is the server's name, the third its stratum, the last the leap status (chronyc(1), `tracking`). */
export function isChronySynchronised(line: string): boolean {
  const fields = line.trim().split(',')
  const stratum = Number(fields[2])
  return fields.length >= 14 && stratum >= 1 && stratum <= 15 && fields.at(-1) !== 'Not synchronised'
}

async function answer(folders: readonly string[], name: string, args: readonly string[]): Promise<string | undefined> {
  const path = findProgram(name, folders)
  return path === undefined ? undefined : runProgram(path, args, timeoutMs).catch(() => undefined)
}
