import type { MessagePort } from 'node:worker_threads'

/** What goes between two processes in place of ports: Node, unlike Electron, cannot pass a port to another process. */
export type BridgeFrame =
  | { readonly kind: 'data'; readonly port: number; readonly data: unknown }
  | { readonly kind: 'closed'; readonly port: number }

/** Carries the traffic of ports over a pipe between two processes. */
export class PortBridge {
  readonly #ports = new Map<number, MessagePort>()
  readonly #send: (frame: BridgeFrame) => void

  constructor(send: (frame: BridgeFrame) => void) {
    this.#send = send
  }

  /** Everything that arrives on `port` comes out of the port that the other side adopted under the same number. */
  adopt(id: number, port: MessagePort): void {
    this.#ports.set(id, port)
    port.on('message', (data: unknown) => this.#send({ kind: 'data', port: id, data }))
    port.on('close', () => {
      if (this.#ports.delete(id)) this.#send({ kind: 'closed', port: id })
    })
  }

  receive(frame: BridgeFrame): void {
    const port = this.#ports.get(frame.port)
    if (frame.kind === 'data') port?.postMessage(frame.data)
    else this.#close(frame.port)
  }

  closeAll(): void {
    for (const id of this.#ports.keys()) this.#close(id)
  }

  #close(id: number): void {
    const port = this.#ports.get(id)
    this.#ports.delete(id)
    port?.close()
  }
}
