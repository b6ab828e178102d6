/**
 * Readers of the text files of /proc (proc(5)). Each gives undefined for text that it does not understand: absent, never zero.
 */

/** Time that all processors together spent, in clock ticks since boot. */
export interface CpuTicks {
  readonly busy: number
  readonly total: number
}

/** /proc/stat. Waiting for a disk counts as idle; guests' time is in the user's already. */
export function parseCpuTicks(text: string): CpuTicks | undefined {
  const line = /^cpu +(.+)$/m.exec(text)?.[1]
  const [user = NaN, nice = NaN, system = NaN, idle = NaN, iowait = 0, irq = 0, softirq = 0, steal = 0] = numbers(line)
  const busy = user + nice + system + irq + softirq + steal
  const total = busy + idle + iowait
  return Number.isFinite(total) ? { busy, total } : undefined
}

/** Part of the time between two readings that the processors were busy; undefined when no time passed or the counters went back. */
export function busyRatio(before: CpuTicks, after: CpuTicks): number | undefined {
  const total = after.total - before.total
  const busy = after.busy - before.busy
  return total > 0 && busy >= 0 && busy <= total ? busy / total : undefined
}

/** /proc/stat: how many processors are online. */
export function countCores(text: string): number | undefined {
  return text.match(/^cpu\d+ /gm)?.length
}

/** /proc/meminfo, bytes. Used is what is neither free nor given back on demand. */
export function parseMemory(text: string): { total: number; used: number | undefined } | undefined {
  const total = kibibytes(text, 'MemTotal')
  if (total === undefined) return undefined
  const available = kibibytes(text, 'MemAvailable')
  return { total, used: available === undefined ? undefined : Math.max(0, total - available) }
}

/** /proc/loadavg: the mean over one minute. */
export function parseLoad1(text: string): number | undefined {
  return finite(text.split(' ', 1)[0])
}

/** /proc/uptime: seconds since boot. */
export function parseUptime(text: string): number | undefined {
  return finite(text.split(' ', 1)[0])
}

export interface InterfaceBytes {
  readonly received: number
  readonly transmitted: number
}

/** /proc/net/dev: bytes since the interface came up, by name. */
export function parseNetDev(text: string): ReadonlyMap<string, InterfaceBytes> {
  const found = new Map<string, InterfaceBytes>()
  for (const [, name, counters] of text.matchAll(/^\s*([^\s:|]+):\s*(.+)$/gm)) {
    const values = numbers(counters)
    const received = values[0]
    const transmitted = values[8]
    if (name !== undefined && received !== undefined && transmitted !== undefined)
      found.set(name, { received, transmitted })
  }
  return found
}

/** os-release(5): the name for people. */
export function parseOsName(text: string): string | undefined {
  const value = /^PRETTY_NAME=(.*)$/m.exec(text)?.[1]?.trim()
  return value?.replace(/^(["'])(.*)\1$/, '$2') || undefined
}

function kibibytes(text: string, field: string): number | undefined {
  const value = finite(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1])
  return value === undefined ? undefined : value * 1024
}

function numbers(text: string | undefined): number[] {
  const values = (text ?? '').trim().split(/\s+/).map(Number)
  return values.every(Number.isFinite) ? values : []
}

function finite(text: string | undefined): number | undefined {
  const value = text === undefined || text.trim() === '' ? NaN : Number(text)
  return Number.isFinite(value) ? value : undefined
}
