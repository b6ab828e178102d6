import { EventEmitter } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { MessageChannelMain, MessagePortMain } from 'electron'

/**
 * Electron's MessagePortMain over a real port of Node: the same structured clone, the same asynchrony, the same close events.
 * As in Electron, nothing arrives before `start`.
 */
export class NodePort extends EventEmitter {
  readonly port: MessagePort

  constructor(port: MessagePort) {
    super()
    this.port = port
    port.on('close', () => this.emit('close'))
  }

  postMessage(message: unknown): void {
    this.port.postMessage(message)
  }

  start(): void {
    this.port.on('message', (data: unknown) => this.emit('message', { data, ports: [] }))
  }

  close(): void {
    this.port.close()
  }
}

/** The real port in a port that a shell passed on. */
export function nodePortOf(port: MessagePortMain): MessagePort {
  if (!(port instanceof NodePort)) throw new TypeError('this port was not made by the test host')
  return port.port
}

/** Electron's MessageChannelMain. */
export class NodeChannel implements MessageChannelMain {
  readonly port1: MessagePortMain
  readonly port2: MessagePortMain

  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.port1 = new NodePort(port1)
    this.port2 = new NodePort(port2)
  }
}
