import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive } from './proc.ts'
import { parseLabName } from './naming.ts'

/**
 * The kernel's ARP table has one limit for all namespaces together (`gc_thresh3`, 1024 by default), which a full mesh of
 * some 32 nodes passes: frames are then lost. Labs of that size raise the limits while they run. Each leaves a claim;
 * whoever removes the last claim puts the limits back to what they were before the first.
 */
const limitsFolder = '/proc/sys/net/ipv4/neigh/default'
const limitNames = ['gc_thresh1', 'gc_thresh2', 'gc_thresh3'] as const
const claimsFolder = '/run/wrale-lab'
const originalFile = join(claimsFolder, 'neighbour-limits')

/** Number of nodes from which the limits matter. */
const nodesWithoutClaim = 30

/** Raises the limits if `nodes` need it. In a namespace that has no such limits (a lab inside a lab) nothing happens. */
export function claimNeighbours(lab: string, nodes: number): void {
  if (nodes < nodesWithoutClaim || !existsSync(join(limitsFolder, 'gc_thresh3'))) return
  mkdirSync(claimsFolder, { recursive: true })
  writeFileSync(join(claimsFolder, lab), '')
  const before = readLimits()
  try {
    writeFileSync(originalFile, before.join(' '), { flag: 'wx' })
  } catch {
    // Another lab has raised the limits already and noted what they were.
  }
  const needed = nodes * nodes * 4
  writeLimits(before.map((limit) => Math.max(limit, needed)))
}

/** Gives up a lab's claim and, if it was the last of a living lab, puts the limits back. */
export function releaseNeighbours(lab: string): void {
  rmSync(join(claimsFolder, lab), { force: true })
  if (!existsSync(originalFile) || !existsSync(join(limitsFolder, 'gc_thresh3'))) return
  const others = readdirSync(claimsFolder).map((name) => parseLabName(name))
  if (others.some((other) => other !== undefined && isAlive(other.owner))) return
  const taken = `${originalFile}.${process.pid}`
  try {
    renameSync(originalFile, taken)
  } catch {
    // Another process that is cleaning up was first.
    return
  }
  writeLimits(readFileSync(taken, 'utf8').split(' ').map(Number))
  rmSync(taken)
}

function readLimits(): number[] {
  return limitNames.map((name) => Number(readFileSync(join(limitsFolder, name), 'utf8')))
}

function writeLimits(limits: readonly number[]): void {
  for (const [index, name] of limitNames.entries()) {
    const limit = limits[index]
    if (limit !== undefined && Number.isInteger(limit) && limit > 0)
      writeFileSync(join(limitsFolder, name), String(limit))
  }
}
