import { EventEmitter } from 'node:events'
import type { MessagePortMain } from 'electron'
import type { FromStation, ToStation } from '../station/messages.ts'
import type { StationProcess } from '../station/supervisor.ts'

/** A station process that does what the test says. */
export class FakeStationProcess extends EventEmitter implements StationProcess {
  readonly pid = 4711
  readonly received: ToStation[] = []
  readonly ports: MessagePortMain[] = []
  killed = false
  /** Whether it ends when it is told to. */
  obedient = true

  postMessage(message: ToStation, ports: MessagePortMain[] = []): void {
    this.received.push(message)
    this.ports.push(...ports)
    if (message.type === 'stop' && this.obedient) this.exit(0)
  }

  kill(): boolean {
    this.killed = true
    this.exit(143)
    return true
  }

  say(message: FromStation): void {
    this.emit('message', message)
  }

  exit(code: number): void {
    queueMicrotask(() => this.emit('exit', code))
  }
}
