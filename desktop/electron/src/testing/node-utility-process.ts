import { type ChildProcess, fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import type { MessagePortMain } from 'electron'
import type { ToStation } from '../station/messages.ts'
import type { StationProcess } from '../station/supervisor.ts'
import { nodePortOf } from './node-port.ts'
import { PortBridge } from './port-bridge.ts'
import type { FromChild, ToChild } from './utility-child.ts'

/** Electron's UtilityProcess as a process of Node that runs the real station. */
export class NodeUtilityProcess extends EventEmitter implements StationProcess {
  readonly child: ChildProcess
  /** What the process printed. */
  output = ''
  readonly #bridge: PortBridge
  #ports = 0

  constructor(args: readonly string[]) {
    super()
    this.child = fork(join(import.meta.dirname, 'utility-child.ts'), args, {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#bridge = new PortBridge((frame) => this.#send(frame))
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output = (this.output + text).slice(-20_000)))
    }
    this.child.on('message', (frame) => {
      const message = frame as FromChild
      if (message.kind === 'message') this.emit('message', message.data)
      else this.#bridge.receive(message)
    })
    this.child.on('exit', (code, signal) => {
      this.#bridge.closeAll()
      this.emit('exit', code ?? (signal === 'SIGKILL' ? 137 : 143))
    })
  }

  get pid(): number | undefined {
    return this.child.pid
  }

  postMessage(data: ToStation, ports: MessagePortMain[] = []): void {
    const ids = ports.map((port) => {
      this.#ports += 1
      this.#bridge.adopt(this.#ports, nodePortOf(port))
      return this.#ports
    })
    this.#send({ kind: 'message', data, ports: ids })
  }

  kill(): boolean {
    return this.child.kill()
  }

  #send(frame: ToChild): void {
    if (this.child.connected) this.child.send(frame)
  }
}
