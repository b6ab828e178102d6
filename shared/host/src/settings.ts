import { readFile } from 'node:fs/promises'
import { type Adapter, Low } from 'lowdb'
import type { z } from 'zod'
import { writeFileAtomic } from './atomic-file.ts'
import { setAside } from './set-aside.ts'
import { errnoOf, storageError } from './storage-error.ts'

/** Small settings of one process, in one JSON file of mode 0600. */
export interface Settings<T> {
  readonly data: Readonly<T>
  /** Where a damaged file was put aside when the settings were opened, or undefined. */
  readonly damaged: string | undefined
  /** Changes the settings and returns when they are on disk. Calls are carried out one after another. */
  update(change: (data: T) => void): Promise<void>
}

/**
 * Opens settings whose schema gives every field a default. A file that is not JSON or does not fit the schema is set aside as
 * `<file>.damaged-<n>`, and the defaults are used.
 */
export async function openSettings<S extends z.ZodType<object>>(
  file: string,
  schema: S,
): Promise<Settings<z.output<S>>> {
  type T = z.output<S>
  const adapter = new AtomicJson(file, schema)
  const db = new Low<T>(adapter, schema.parse({}))
  await db.read()
  let queue: Promise<void> = Promise.resolve()
  return {
    get data() {
      return db.data
    },
    damaged: adapter.damaged,
    update(change) {
      const done = queue.then(async () => {
        const next = structuredClone(db.data)
        change(next)
        db.data = schema.parse(next)
        await db.write()
      })
      queue = done.catch(() => undefined)
      return done
    },
  }
}

class AtomicJson<S extends z.ZodType<object>> implements Adapter<z.output<S>> {
  damaged: string | undefined
  readonly #file: string
  readonly #schema: S

  constructor(file: string, schema: S) {
    this.#file = file
    this.#schema = schema
  }

  async read(): Promise<z.output<S> | null> {
    let text: string
    try {
      text = await readFile(this.#file, 'utf8')
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null
      if (errnoOf(error) === 'EISDIR') return this.#begin()
      throw storageError(error, this.#file)
    }
    try {
      return this.#schema.parse(JSON.parse(text))
    } catch {
      return this.#begin()
    }
  }

  #begin(): null {
    try {
      this.damaged = setAside(this.#file)
    } catch (error) {
      throw storageError(error, this.#file)
    }
    return null
  }

  async write(data: z.output<S>): Promise<void> {
    await writeFileAtomic(this.#file, `${JSON.stringify(data, undefined, 2)}\n`, { mode: 0o600 })
  }
}
