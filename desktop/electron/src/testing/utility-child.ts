/** Runs `brain-host.ts` in a plain process of Node, with the `process.parentPort` that Electron would give it. */
import { EventEmitter } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import { NodePort } from './node-port.ts'
import { type BridgeFrame, PortBridge } from './port-bridge.ts'

export type ToChild =
  | BridgeFrame
  | { readonly kind: 'message'; readonly data: unknown; readonly ports: readonly number[] }
export type FromChild = BridgeFrame | { readonly kind: 'message'; readonly data: unknown }

const say = (frame: FromChild): void => void process.send?.(frame)
const bridge = new PortBridge(say)
const parent = new EventEmitter()

function portFor(id: number): NodePort {
  const { port1, port2 } = new MessageChannel()
  bridge.adopt(id, port1)
  return new NodePort(port2)
}

process.on('message', (frame: ToChild) => {
  if (frame.kind === 'message') parent.emit('message', { data: frame.data, ports: frame.ports.map(portFor) })
  else bridge.receive(frame)
})
process.on('disconnect', () => process.exit(1))
const parentPort = Object.assign(parent, { postMessage: (data: unknown) => say({ kind: 'message', data }) })
Object.defineProperty(process, 'parentPort', { value: parentPort })

await import('../brain-host.ts')
