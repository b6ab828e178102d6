import { FleetError } from '@wrale/kernel'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { LabOwner } from './naming.ts'

/** What a process has used since it started. */
export interface ProcessUsage {
  /** Seconds of CPU, user and system, without its children. */
  readonly cpuSeconds: number
  readonly residentBytes: number
  readonly peakResidentBytes: number
}

/** Linux reports CPU time to user space in units of 1/100 s on every architecture that Node runs on (USER_HZ). */
const ticksPerSecond = 100

/** This process, as labs name their owner. Without /proc (not Linux) the start time is 0. */
export function thisProcess(): LabOwner {
  return { pid: process.pid, startTicks: startTicksOf(process.pid) ?? 0 }
}

/** False when the process is gone, also when its id now belongs to another process. */
export function isAlive(owner: LabOwner): boolean {
  const ticks = startTicksOf(owner.pid)
  return ticks !== undefined && ticks === owner.startTicks
}

/** CPU and memory of a running process; NOT_RUNNING when it has ended. */
export function usageOf(pid: number): ProcessUsage {
  const fields = statFields(pid)
  const status = read(`/proc/${pid}/status`)
  const kib = (name: string): number | undefined => {
    const value = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status ?? '')?.[1]
    return value === undefined ? undefined : Number(value)
  }
  const resident = kib('VmRSS')
  const peak = kib('VmHWM')
  if (fields === undefined || resident === undefined || peak === undefined)
    throw new FleetError('NOT_RUNNING', `Process ${pid} has ended: its CPU and memory cannot be read`, { pid })
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    residentBytes: resident * 1024,
    peakResidentBytes: peak * 1024,
  }
}

/** Ids of all processes that this process may look at and for which `matches` holds, this process left out. */
export function findProcesses(matches: (pid: number) => boolean): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 0 && pid !== process.pid && matches(pid))
}

/** Value of a variable in the environment a process was started with; undefined when unset, unreadable or gone. */
export function environmentOf(pid: number, variable: string): string | undefined {
  const entries = (read(`/proc/${pid}/environ`) ?? '').split('\0')
  return entries.find((entry) => entry.startsWith(`${variable}=`))?.slice(variable.length + 1)
}

/** Inode of the network namespace a process lives in; undefined when it is gone or out of sight. */
export function networkNamespaceOf(pid: number): number | undefined {
  try {
    const inode = /^net:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/ns/net`))?.[1]
    return inode === undefined ? undefined : Number(inode)
  } catch {
    return undefined
  }
}

function startTicksOf(pid: number): number | undefined {
  const fields = statFields(pid)
  // A zombie owns nothing any more: only its parent has not looked yet.
  return fields === undefined || fields[0] === 'Z' ? undefined : Number(fields[19])
}

/** /proc/PID/stat from field 3 (state) on: the name before it may hold spaces and parentheses (proc(5)). */
function statFields(pid: number): string[] | undefined {
  const text = read(`/proc/${pid}/stat`)
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
