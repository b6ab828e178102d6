import { randomBytes } from 'node:crypto'

/**
 * Everything a lab leaves on the machine (namespaces, a temporary directory, an environment variable in each process)
 * carries the lab's name, and the name says which process owns the lab. That is what lets a later run tell the leavings
 * of a dead lab from a lab in use. The start time guards against a process id that was given to somebody else.
 */
export interface LabOwner {
  readonly pid: number
  /** Field 22 of /proc/PID/stat: clock ticks after boot at which the owner started. */
  readonly startTicks: number
}

/** Name of the environment variable that holds the lab's name in every process that a lab starts. */
export const labVariable = 'WRALE_LAB'

/** Most nodes in one lab: they share a /24 and the highest addresses stay free. */
export const maxNodes = 250

const namePattern = /^(wrlab-(\d+)-([0-9a-z]+)-[0-9a-f]{8})(?:\.[A-Za-z0-9-]+)?$/

export function newLabName(owner: LabOwner): string {
  return `wrlab-${owner.pid}-${owner.startTicks.toString(36)}-${randomBytes(4).toString('hex')}`
}

/** The lab that a namespace, directory or claim belongs to; undefined for names that no lab made. */
export function parseLabName(text: string): { lab: string; owner: LabOwner } | undefined {
  const match = namePattern.exec(text)
  if (match === null) return undefined
  const [, lab, pid, ticks] = match
  if (lab === undefined || pid === undefined || ticks === undefined) return undefined
  return { lab, owner: { pid: Number(pid), startTicks: Number.parseInt(ticks, 36) } }
}

export function namespaceName(lab: string, part: string): string {
  return `${lab}.${part}`
}

/** Name of the switch's end of node `index`'s cable. */
export function portName(index: number): string {
  return `p${index}`
}

/**
 * A lab's addresses: 10.213.x.0/24, x taken from the lab's name. Labs are isolated from each other and from the
 * machine whatever x is; different numbers only keep the logs of labs that run side by side apart.
 */
export function subnetOf(lab: string): number {
  return Number.parseInt(lab.slice(-2), 16)
}

/** IPv4 address of node `index` (1 to 250) in a subnet. */
export function addressOf(subnet: number, index: number): string {
  return `10.213.${subnet}.${index}`
}
