import { FleetError } from '@wrale/kernel'
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { labVariable, parseLabName } from './naming.ts'
import { releaseNeighbours } from './neighbours.ts'
import { environmentOf, findProcesses, isAlive, networkNamespaceOf } from './proc.ts'
import { runToolSync } from './tools.ts'

/** Where iproute2 keeps named network namespaces. */
const namespaceFolder = '/run/netns'
/** A process can fork between the look and the kill: looked for again until none is left, at most this often. */
const killRounds = 50
const killPauseMs = 20

/** The lab's directory for control files and sockets. It exists for as long as the lab does, so it marks every lab. */
export function labFolder(lab: string): string {
  return join(tmpdir(), lab)
}

export function makeLabFolder(lab: string): void {
  mkdirSync(labFolder(lab), { mode: 0o700 })
}

/**
 * Removes all that a lab has on this machine: kills its processes, those included that have left their group or moved to
 * a namespace of their own, deletes its namespaces and its directory, and gives back what it raised. Synchronous so that
 * it can run as a process ends, and harmless when there is nothing left.
 */
export function destroyLab(lab: string): void {
  const namespaces = namespacesOf(lab)
  killProcesses(lab, namespaces)
  deleteNamespaces(namespaces)
  releaseNeighbours(lab)
  rmSync(labFolder(lab), { recursive: true, force: true })
}

/** Kills (SIGKILL) every process of a lab, or only those in `namespaces` when `scope` says so. */
function killProcesses(lab: string, namespaces: readonly string[]): void {
  const inodes = new Set(namespaces.map(namespaceInode).filter((inode) => inode !== undefined))
  const belongs = (pid: number): boolean =>
    inodes.has(networkNamespaceOf(pid) ?? -1) || environmentOf(pid, labVariable) === lab
  killUntilGone(belongs, `Processes of the lab ${lab} do not end`)
}

/** Kills (SIGKILL) everything that runs in one namespace, as a power cut does. */
export function killNamespace(namespace: string): void {
  const inode = namespaceInode(namespace)
  if (inode !== undefined) killUntilGone((pid) => networkNamespaceOf(pid) === inode, `${namespace} does not empty`)
}

/**
 * Removes what labs of dead owners left behind; labs in use are not touched. Gives the names of the labs removed. One that
 * cannot be removed (it was root's, and this is not root) is told to `onFailure` and is in nobody's way.
 */
export function sweep(onFailure: (lab: string, error: unknown) => void = () => undefined): string[] {
  const dead = new Set<string>()
  for (const name of [...list(namespaceFolder), ...list(tmpdir())]) {
    const found = parseLabName(name)
    if (found !== undefined && !isAlive(found.owner)) dead.add(found.lab)
  }
  return [...dead].filter((lab) => {
    try {
      destroyLab(lab)
      return true
    } catch (error) {
      onFailure(lab, error)
      return false
    }
  })
}

/** Namespaces and directories that carry the lab's name: what a test looks at to see that nothing is left. */
export function remainsOf(lab: string): string[] {
  return [...namespacesOf(lab), ...list(tmpdir()).filter((name) => name === lab)]
}

function namespacesOf(lab: string): string[] {
  return list(namespaceFolder).filter((name) => parseLabName(name)?.lab === lab)
}

function deleteNamespaces(names: readonly string[]): void {
  if (names.length === 0) return
  try {
    runToolSync('ip', ['-force', '-batch', '-'], names.map((name) => `netns del ${name}\n`).join(''))
  } catch (error) {
    // A reaper and a sweep may meet over the same lab: what the other has deleted is no failure.
    if (names.some((name) => namespaceInode(name) !== undefined)) throw error
  }
}

function killUntilGone(belongs: (pid: number) => boolean, complaint: string): void {
  for (let round = 0; round < killRounds; round += 1) {
    const pids = findProcesses(belongs)
    if (pids.length === 0) return
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It ended by itself, or belongs to another user; the next look tells.
      }
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, killPauseMs)
  }
  throw new FleetError('INTERNAL', complaint, { pids: findProcesses(belongs).join(' ') })
}

function namespaceInode(name: string): number | undefined {
  try {
    return statSync(join(namespaceFolder, name)).ino
  } catch {
    return undefined
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
