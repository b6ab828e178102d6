import { type FSWatcher, watch } from 'node:fs'
import { dirname } from 'node:path'
import {
  type Cancel,
  type Clock,
  Emitter,
  type FleetError,
  type Logger,
  type Signal,
  type Startable,
  toFleetError,
} from '@wrale/kernel'
import type { NodeConfig } from './schema.ts'
import { changedPaths, restartPaths } from './diff.ts'
import { partsFolderOf } from './files.ts'
import type { LoadedConfig } from './load.ts'

/** A configuration that came in place of another. */
export interface ConfigChange {
  readonly config: NodeConfig
  /** Settings that differ from the configuration before, their steps joined by dots. */
  readonly changed: readonly string[]
  /** Settings that differ from those that the daemon started with and hold only after a restart. */
  readonly needsRestart: readonly string[]
}

/** Calls back when something in a folder changes; returns how to end that. Throws where the folder cannot be watched. */
export type WatchFolder = (folder: string, changed: () => void, failed: () => void) => () => void

export interface ConfigWatcherDeps {
  /** Reads the configuration anew, as `loadConfig` does. */
  readonly load: () => Promise<LoadedConfig>
  readonly clock: Clock
  readonly logger: Logger
  /** Default: `fs.watch`. */
  readonly watchFolder?: WatchFolder
  /** Where SIGHUP arrives. Default: this process. */
  readonly signals?: Pick<NodeJS.EventEmitter, 'on' | 'off'>
}

export interface ConfigWatcherOptions {
  /** What the daemon started with. */
  readonly initial: NodeConfig
  /** Main file; `conf.d` beside it is watched too. */
  readonly file: string
  /** Quiet time after a change before the files are read, ms. Default 500. */
  readonly quietMs?: number
  /** Longest that changes which go on and on put off the reading, ms. Default 5000. */
  readonly longestMs?: number
}

/**
 * Reads the configuration again on SIGHUP and when its files change. One that cannot be used changes nothing: the last good one holds, and the
 * problem is said once. Folders that cannot be watched leave SIGHUP.
 */
export class ConfigWatcher implements Startable {
  readonly #deps: ConfigWatcherDeps
  readonly #options: Required<ConfigWatcherOptions>
  readonly #changed = new Emitter<ConfigChange>()
  #current: NodeConfig
  #problem: FleetError | undefined
  #started = false
  #watches: Array<() => void> = []
  #cancel: Cancel = () => undefined
  /** Monotonic time of the first change that has not been read yet. */
  #waitingSinceMs: number | undefined
  #reading: Promise<void> | undefined
  #again = false

  constructor(deps: ConfigWatcherDeps, options: ConfigWatcherOptions) {
    this.#deps = deps
    this.#options = { quietMs: 500, longestMs: 5000, ...options }
    this.#current = options.initial
  }

  get changed(): Signal<ConfigChange> {
    return this.#changed
  }

  /** The last good configuration. */
  get current(): NodeConfig {
    return this.#current
  }

  /** Why the files as they are now cannot be used; undefined while they can. */
  get problem(): FleetError | undefined {
    return this.#problem
  }

  async start(): Promise<void> {
    if (this.#started) return
    this.#started = true
    ;(this.#deps.signals ?? process).on('SIGHUP', this.#told)
    this.#watch()
  }

  async stop(): Promise<void> {
    this.#started = false
    ;(this.#deps.signals ?? process).off('SIGHUP', this.#told)
    this.#cancel()
    this.#waitingSinceMs = undefined
    this.#unwatch()
    await this.#reading
  }

  /** Reads the files now, after a reading that is under way. Resolves when that is done; never rejects. */
  reload(): Promise<void> {
    this.#cancel()
    this.#waitingSinceMs = undefined
    if (this.#reading !== undefined) {
      this.#again = true
      return this.#reading
    }
    this.#reading = this.#readUntilQuiet().finally(() => (this.#reading = undefined))
    return this.#reading
  }

  readonly #told = (): void => void this.reload()

  /** However often it is told while it reads, it reads once more. */
  async #readUntilQuiet(): Promise<void> {
    do {
      this.#again = false
      await this.#read()
    } while (this.#again && this.#started)
  }

  async #read(): Promise<void> {
    const { load, logger } = this.#deps
    // `conf.d` may have come or gone. Before the reading, so that a change while it reads is noticed.
    if (this.#started) this.#watch()
    let config: NodeConfig
    try {
      ;({ config } = await load())
    } catch (thrown) {
      const problem = toFleetError(thrown, 'CONFIG_INVALID')
      if (problem.message !== this.#problem?.message)
        logger.error('the configuration cannot be used; the last good one holds', { error: problem })
      this.#problem = problem
      return
    }
    if (this.#problem !== undefined) logger.info('the configuration can be used again')
    this.#problem = undefined
    const changed = changedPaths(this.#current, config)
    if (changed.length === 0) return
    this.#current = config
    const needsRestart = restartPaths(changedPaths(this.#options.initial, config))
    logger.info('the configuration changed', { changed, needsRestart })
    this.#changed.emit({ config, changed, needsRestart })
  }

  #soon(): void {
    const { clock } = this.#deps
    const { quietMs, longestMs } = this.#options
    const nowMs = clock.monotonicMs()
    this.#waitingSinceMs ??= nowMs
    this.#cancel()
    const leftMs = Math.max(0, this.#waitingSinceMs + longestMs - nowMs)
    this.#cancel = clock.schedule(Math.min(quietMs, leftMs), () => void this.reload())
  }

  #watch(): void {
    this.#unwatch()
    const { watchFolder = watchWithNode } = this.#deps
    const changed = (): void => {
      if (this.#started) this.#soon()
    }
    for (const folder of [dirname(this.#options.file), partsFolderOf(this.#options.file)]) {
      try {
        // A watch that fails later is set anew with the next reading.
        this.#watches.push(watchFolder(folder, changed, changed))
      } catch (error) {
        this.#deps.logger.debug('a folder of the configuration cannot be watched', { folder, error })
      }
    }
  }

  #unwatch(): void {
    for (const end of this.#watches.splice(0)) end()
  }
}

function watchWithNode(folder: string, changed: () => void, failed: () => void): () => void {
  const watcher: FSWatcher = watch(folder, { persistent: false }, changed)
  watcher.on('error', () => {
    watcher.close()
    failed()
  })
  return () => watcher.close()
}
