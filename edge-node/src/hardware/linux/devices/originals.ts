import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { writeFileAtomic } from '@wrale/host'
import { z } from 'zod'

const fileSchema = z.strictObject({
  boot: z.string().max(64),
  values: z.record(z.string().max(512), z.string().max(64)),
})
/** More than any machine has processors with a speed of their own, and fans. */
const maxValues = 256

export interface OriginalsOptions {
  /** Where they survive a crash of the daemon. Default: in memory only. */
  readonly file?: string | undefined
  /** Names the time since the machine started: the kernel forgets with it what was written to it. Undefined: nothing is kept. */
  readonly bootId: string | undefined
}

/**
 * What files of the kernel held before the daemon wrote to them, to be put back. A daemon that follows one which crashed must not take that
 * one's limit for the machine's own.
 */
export class Originals {
  readonly #file: string | undefined
  readonly #bootId: string | undefined
  readonly #values: Map<string, string>
  #writing: Promise<void> = Promise.resolve()

  constructor({ file, bootId }: OriginalsOptions) {
    this.#bootId = bootId
    this.#file = bootId === undefined ? undefined : file
    this.#values = new Map(this.#read())
  }

  /** What the file held before: what is known already, or else `value`, which is known from now on. */
  keep(path: string, value: string): string {
    const known = this.#values.get(path)
    if (known !== undefined) return known
    if (this.#values.size < maxValues) this.#values.set(path, value)
    this.#write()
    return value
  }

  of(path: string): string | undefined {
    return this.#values.get(path)
  }

  forget(path: string): void {
    if (this.#values.delete(path)) this.#write()
  }

  #read(): readonly (readonly [string, string])[] {
    if (this.#file === undefined) return []
    try {
      const { boot, values } = fileSchema.parse(JSON.parse(readFileSync(this.#file, 'utf8')))
      return boot === this.#bootId ? Object.entries(values).slice(0, maxValues) : []
    } catch {
      // There is none, or it is damaged: then what is found now is the best that is known.
      return []
    }
  }

  /** When what is known is on disk, or could not be put there. */
  written(): Promise<void> {
    return this.#writing
  }

  /** Nobody waits for it: a disk that is slow, full or read-only must not keep the machine from being cooled. */
  #write(): void {
    const { file, boot } = { file: this.#file, boot: this.#bootId }
    if (file === undefined || boot === undefined) return
    this.#writing = this.#writing
      .then(() =>
        this.#values.size === 0
          ? rm(file, { force: true })
          : writeFileAtomic(file, JSON.stringify({ boot, values: Object.fromEntries(this.#values) }), { mode: 0o600 }),
      )
      .catch(() => undefined)
  }
}
