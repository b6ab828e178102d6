import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { destroyLab, makeLabFolder } from './cleanup.ts'
import { labVariable } from './naming.ts'

/** Labs of this process that are not closed; removed when it exits in an orderly way. */
const openLabs = new Set<string>()

function destroyOpenLabs(): void {
  for (const lab of openLabs) {
    try {
      destroyLab(lab)
    } catch (error) {
      // The reaper comes next; an error here would change the exit code of the program that is ending.
      process.stderr.write(`lab: ${String(error)}\n`)
    }
  }
  openLabs.clear()
}

/**
 * Sees to it that a lab is removed however its owner ends: on `process.exit` and uncaught errors by an exit handler, and
 * on signals (SIGKILL too), whose handling belongs to the program that uses the lab, by a reaper process that notices
 * that the owner's end of its pipe is gone. What even that misses (both killed), the sweep of the next lab removes.
 */
export class LabGuard {
  readonly #lab: string
  readonly #reaper: ChildProcess

  constructor(lab: string) {
    this.#lab = lab
    makeLabFolder(lab)
    if (openLabs.size === 0) process.on('exit', destroyOpenLabs)
    openLabs.add(lab)
    // A session of its own, so that Ctrl+C in a terminal ends the owner but not the reaper; not marked as the lab's own.
    this.#reaper = spawn(process.execPath, [fileURLToPath(import.meta.resolve('./reaper.ts')), lab], {
      stdio: ['pipe', 'ignore', 'inherit'],
      detached: true,
      env: { ...process.env, [labVariable]: undefined, NODE_OPTIONS: undefined },
    })
    this.#reaper.on('error', () => undefined)
    this.#reaper.stdin?.on('error', () => undefined)
    this.#reaper.unref()
    if (this.#reaper.stdin !== null && 'unref' in this.#reaper.stdin) (this.#reaper.stdin as { unref(): void }).unref()
  }

  /** Process id of the reaper; undefined when it could not be started. */
  get reaperPid(): number | undefined {
    return this.#reaper.pid
  }

  /** Removes the lab now and lets the reaper go. Idempotent. */
  async close(): Promise<void> {
    if (!openLabs.delete(this.#lab)) return
    if (openLabs.size === 0) process.off('exit', destroyOpenLabs)
    destroyLab(this.#lab)
    if (this.#reaper.pid === undefined || this.#reaper.exitCode !== null || this.#reaper.signalCode !== null) return
    const ended = once(this.#reaper, 'exit')
    this.#reaper.ref()
    this.#reaper.kill('SIGKILL')
    await ended
  }
}
