import { rm } from 'node:fs/promises'
import { FleetError, type Logger, type Startable } from '@wrale/kernel'
import { controlSocketPath, type StateDirectory, writeFileAtomic } from '@wrale/host'
import type { NodeView } from './node-view.ts'
import { daemonFile } from './paths.ts'

/** A file that says where the running daemon listens; it goes when the daemon does. Nothing in it is secret. */
export class DaemonFile implements Startable {
  readonly #deps: { readonly directory: StateDirectory; readonly view: NodeView; readonly logger: Logger }

  constructor(deps: { readonly directory: StateDirectory; readonly view: NodeView; readonly logger: Logger }) {
    this.#deps = deps
  }

  async start(): Promise<void> {
    const { directory, view, logger } = this.#deps
    const content = {
      pid: process.pid,
      id: view.id,
      software: view.software,
      startedAt: new Date(view.startedAtMs).toISOString(),
      http: view.http(),
      controlSocket: controlSocketPath(directory.path),
    }
    try {
      await writeFileAtomic(directory.file(daemonFile), `${JSON.stringify(content, null, 2)}\n`, { mode: 0o644 })
    } catch (error) {
      // A node with a full disk is worth more running: it says so itself.
      if (!(error instanceof FleetError) || error.code !== 'STORAGE_FULL') throw error
      logger.error('there is no room to say where the daemon listens', { error })
    }
  }

  async stop(): Promise<void> {
    await rm(this.#deps.directory.file(daemonFile), { force: true })
  }
}
