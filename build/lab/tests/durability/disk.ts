import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabMachine, LabProcess } from '../../src/index.ts'

/** How a disk is mounted on the folder `$0`; `$1` is a file beside it, for its content. */
const mounts = {
  /** 8 MiB of memory. */
  small: 'mount -t tmpfs -o size=8m none "$0"',
  /** An ext4 in a file, read-only after the first error, as on an SD card. */
  card: 'truncate -s 24M "$1" && mkfs.ext4 -q "$1" && mount -o loop,errors=remount-ro "$1" "$0"',
} as const

/** A disk of its own, seen by the programs of one machine of the lab that are started after it, and by nobody else. It goes with the lab. */
export class Disk {
  readonly #machine: LabMachine
  /** Where it is mounted. */
  readonly #folder: string
  readonly #holder: LabProcess

  private constructor(machine: LabMachine, folder: string, holder: LabProcess) {
    this.#machine = machine
    this.#folder = folder
    this.#holder = holder
  }

  static async mount(machine: LabMachine, folder: string, kind: keyof typeof mounts): Promise<Disk> {
    await mkdir(folder)
    const script = `${mounts[kind]} && echo mounted && exec sleep 100000`
    // What is mounted in a namespace of its own goes when the last process in it does.
    const holder = machine.spawn({ command: 'unshare', args: ['-m', 'sh', '-c', script, folder, `${folder}.img`] })
    await holder.waitForLine('mounted')
    machine.leadThrough(['nsenter', `--mount=/proc/${holder.pid}/ns/mnt`, '--'])
    return new Disk(machine, folder, holder)
  }

  /** Takes all the room there is, also what has become free since. */
  fill(): void {
    const file = openSync(this.outside('filler'), 'a')
    for (const size of [65_536, 512]) while (hasRoom(file, size));
    closeSync(file)
  }

  free(): void {
    rmSync(this.outside('filler'))
  }

  /** Makes a card meet an error: from then on it refuses writes, until it is mounted again. */
  async fail(): Promise<void> {
    const device = (await this.#machine.exec('findmnt', ['-n', '-o', 'SOURCE', this.#folder])).trim()
    await this.#machine.exec('sh', ['-c', 'echo 1 >"/sys/fs/ext4/${0#/dev/}/trigger_fs_error"', device])
  }

  /** Mounts a card that no program uses again, after a check as at the start of a machine. */
  async mountAgain(how: 'rw' | 'ro'): Promise<void> {
    const image = `${this.#folder}.img`
    await this.#machine.exec('umount', [this.#folder])
    await this.#machine.exec('sh', ['-c', 'e2fsck -fy "$0" >&2 || [ $? -le 1 ]', image])
    await this.#machine.exec('mount', ['-o', `loop,${how},errors=remount-ro`, image, this.#folder])
  }

  /** Path by which this process reaches a file on the disk. */
  outside(name: string): string {
    return join(`/proc/${this.#holder.pid}/root`, this.#folder, name)
  }
}

/** Writes so many bytes, unless there is no room for them. */
function hasRoom(file: number, size: number): boolean {
  try {
    return writeSync(file, new Uint8Array(size)) > 0
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false
    throw error
  }
}
