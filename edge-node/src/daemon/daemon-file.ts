import { rm } from 'node:fs/promises'
import type { Startable } from '@wrale/kernel'
import { controlSocketPath, type StateDirectory, writeFileAtomic } from '@wrale/host'
import type { NodeView } from './node-view.ts'
import { daemonFile } from './paths.ts'

/** A file that says where the running daemon listens; it goes when the daemon does. Nothing in it is secret. */
export class DaemonFile implements Startable {
  readonly #deps: { readonly directory: StateDirectory; readonly view: NodeView }

  constructor(deps: { readonly directory: StateDirectory; readonly view: NodeView }) {
    this.#deps = deps
  }

  async start(): Promise<void> {
    const { directory, view } = this.#deps
    const content = {
      pid: process.pid,
      id: view.id,
      software: view.software,
      startedAt: new Date(view.startedAtMs).toISOString(),
      http: view.http(),
      controlSocket: controlSocketPath(directory.path),
    }
    await writeFileAtomic(directory.file(daemonFile), `${JSON.stringify(content, null, 2)}\n`, { mode: 0o644 })
  }

  async stop(): Promise<void> {
    await rm(this.#deps.directory.file(daemonFile), { force: true })
  }
}
