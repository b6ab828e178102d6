import { FleetError } from '@wrale/kernel'
import type { LabLine, LabProcess } from '../../lab/src/index.ts'
import { contestTimeoutMs } from './group.ts'

/** Follows what several processes print, and waits for conditions on what was learnt from it. */
export class Watchers {
  readonly #waiting = new Set<() => void>()

  /** Calls `note` with every line of the process until its output ends. */
  follow(watched: LabProcess, note: (line: LabLine) => void): void {
    void (async () => {
      for await (const line of watched.lines()) {
        note(line)
        this.changed()
      }
    })()
  }

  /** Something that conditions depend on has changed. */
  changed(): void {
    for (const look of [...this.#waiting]) look()
  }

  /** Resolves with the wall clock when `holds`, ms. TIMEOUT says what did not come about. */
  async until(what: string, holds: () => boolean, timeoutMs: number = contestTimeoutMs): Promise<number> {
    if (holds()) return Date.now()
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const look = (): void => {
      if (holds()) resolve(Date.now())
    }
    this.#waiting.add(look)
    const timer = setTimeout(() => reject(new FleetError('TIMEOUT', `${what}: not within ${timeoutMs} ms`)), timeoutMs)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(look)
    }
  }

  /** Resolves when `holds`, or when it has not come about in time. */
  async attend(holds: () => boolean, timeoutMs: number): Promise<void> {
    await this.until('what is attended', holds, timeoutMs).catch(() => undefined)
  }
}
