import { constants } from 'node:fs'
import { access, open, statfs } from 'node:fs/promises'
import { type Clock, FleetError, type Logger, repeat, type Startable } from '@wrale/kernel'
import { storageError } from './storage-error.ts'

export interface StorageWatchOptions {
  /** Between two looks, ms. Default 5000. */
  readonly everyMs?: number
  /** Space below which a folder counts as full, bytes. Default 64 KiB: a transaction that is about to fail. */
  readonly leastFreeBytes?: number
}

export interface StorageWatchDeps {
  readonly folder: string
  /**
   * A file in it that is opened for writing, and left as it is: an ext4 that met an error refuses that, and nothing else that costs no write.
   * Not a SQLite file: to close one takes the locks from it.
   */
  readonly file: string
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Knows whether a folder can be written, without writing: a card that has failed is seen although nothing is to be stored at the moment.
 */
export class StorageWatch implements Startable {
  readonly #deps: StorageWatchDeps
  readonly #everyMs: number
  readonly #leastFreeBytes: number
  #problem: FleetError | undefined
  #stop: (() => Promise<void>) | undefined

  constructor(deps: StorageWatchDeps, options: StorageWatchOptions = {}) {
    this.#deps = deps
    this.#everyMs = options.everyMs ?? 5000
    this.#leastFreeBytes = options.leastFreeBytes ?? 64 * 1024
  }

  /** Why nothing can be stored: STORAGE_FULL, STATE_DIR_FORBIDDEN or STATE_DAMAGED. Undefined while all is well. */
  get problem(): FleetError | undefined {
    return this.#problem
  }

  async start(): Promise<void> {
    if (this.#stop !== undefined) return
    const { clock, logger } = this.#deps
    this.#stop = repeat(
      clock,
      this.#everyMs,
      () => this.#look(),
      (error) => logger.error('the state folder cannot be looked at', { error }),
    )
    await this.#look()
  }

  async stop(): Promise<void> {
    const stop = this.#stop
    this.#stop = undefined
    await stop?.()
  }

  async #look(): Promise<void> {
    const { folder, logger } = this.#deps
    const before = this.#problem
    this.#problem = await this.#find()
    if (before?.code === this.#problem?.code) return
    if (this.#problem === undefined) logger.info('the state folder can be written again', { folder })
    else logger.error('the state folder cannot be written', { error: this.#problem })
  }

  async #find(): Promise<FleetError | undefined> {
    const { file, folder } = this.#deps
    try {
      await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
      await (await open(file, 'r+')).close()
      const { bavail, bsize } = await statfs(folder)
      if (bavail * bsize >= this.#leastFreeBytes) return undefined
      return new FleetError('STORAGE_FULL', `no space left in ${folder}`, { path: folder })
    } catch (error) {
      return storageError(error, folder, 'STATE_DIR_FORBIDDEN')
    }
  }
}
