import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Folders in which the system's programs are, whatever this process was started with. */
export const systemPath: readonly string[] = ['/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** Path of a program; undefined when there is none. */
export function findProgram(name: string, folders: readonly string[]): string | undefined {
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

/** Runs a program without a shell. @returns what it wrote, at most 64 KiB. @throws when it fails, or takes longer than `timeoutMs` */
export async function runProgram(path: string, args: readonly string[], timeoutMs: number): Promise<string> {
  const { stdout } = await run(path, [...args], { timeout: timeoutMs, maxBuffer: 2 ** 16, windowsHide: true })
  return stdout
}
