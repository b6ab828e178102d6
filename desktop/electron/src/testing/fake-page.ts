import type { MessagePort } from 'node:worker_threads'
import type { MessagePortMain } from 'electron'
import { handPortOver } from '../station/port-handover.ts'
import type { FakeContents } from './fake-contents.ts'
import { nodePortOf } from './node-port.ts'

/** The page and its preload script: takes the ports that the shell sends, as the renderer does. */
export class FakePage {
  readonly #waiting: MessagePort[] = []
  #arrived = Promise.withResolvers<void>()

  constructor(contents: FakeContents) {
    for (const { ports } of contents.sent) this.#take(ports)
    contents.onSent = ({ ports }) => this.#take(ports)
  }

  /** The next port that was not taken yet. */
  async nextPort(): Promise<MessagePort> {
    for (;;) {
      const port = this.#waiting.shift()
      if (port !== undefined) return port
      await this.#arrived.promise
    }
  }

  #take(ports: readonly MessagePortMain[]): void {
    handPortOver(ports, {
      postMessage: (_message, _origin, [port]) => {
        if (port === undefined) return
        this.#waiting.push(nodePortOf(port))
        this.#arrived.resolve()
        this.#arrived = Promise.withResolvers()
      },
    })
  }
}
