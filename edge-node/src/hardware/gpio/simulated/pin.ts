import type { LineHandle } from '../driver.ts'
import type { Absence } from '../gpio.ts'
import type { InputSettings, Level, LineSettings } from '../settings.ts'

export type Voltage = 'high' | 'low'

/** What can be wrong with a pin. */
export type PinFault =
  /** It does not answer. */
  | 'dead'
  /** It stays at its voltage, whoever drives it. */
  | 'stuck'
  /** Another consumer holds the line: it cannot be opened. One that is open is not touched. */
  | 'busy'

/** One pin: what drives it from outside, what drives it from the board, and who watches. */
export class SimulatedPin {
  #voltage: Voltage = 'low'
  #output = false
  #outside: Voltage | undefined
  #pull: InputSettings['pull']
  #fault: PinFault | undefined
  #user: { readonly onVoltage?: () => void; readonly onFailure?: (error: unknown) => void } | undefined

  /** What a voltmeter at the pin shows. */
  get voltage(): Voltage {
    return this.#voltage
  }

  /** Whether the board drives it. */
  get isOutput(): boolean {
    return this.#output
  }

  /** Drives the pin from outside, or lets it float: then the pull decides, and without one it stays where it was. */
  drive(voltage: Voltage | 'floating'): void {
    this.#outside = voltage === 'floating' ? undefined : voltage
    this.#update()
  }

  inject(fault: PinFault): void {
    this.#fault = fault
    if (fault === 'dead') this.#user?.onFailure?.(new Error('the pin is dead'))
  }

  mend(): void {
    this.#fault = undefined
    this.#update()
  }

  /** Its user is gone. An output goes on being driven. */
  abandon(): void {
    this.#user = undefined
  }

  open(line: LineSettings, drive: Level | 'keep'): LineHandle | Absence {
    if (this.#fault === 'dead') return { reason: 'failed', detail: 'the pin is dead' }
    if (this.#fault === 'busy' || this.#user !== undefined)
      return { reason: 'busy', detail: 'another consumer holds it' }
    const user = (this.#user = {})
    if (line.direction === 'in') {
      this.#output = false
      this.#pull = line.pull
      this.#update()
    } else if (drive !== 'keep' || !this.#output) {
      this.#output = true
      this.#set(voltageOf(line, drive === 'on' ? 'on' : 'off'))
    }
    return this.#handle(line, user)
  }

  #handle(line: LineSettings, user: object): LineHandle {
    const isOwn = (): boolean => this.#user === user
    return {
      pull: line.direction === 'in' && line.pull !== undefined ? 'set' : 'not-asked',
      read: () => {
        this.#answer()
        return levelOf(line, this.#voltage)
      },
      write: (level) => {
        this.#answer()
        this.#set(voltageOf(line, level))
      },
      watch: (onChange, onFailure) => {
        user = this.#user = { onVoltage: () => onChange(levelOf(line, this.#voltage)), onFailure }
        return true
      },
      release: () => {
        if (isOwn()) this.#user = undefined
      },
    }
  }

  #answer(): void {
    if (this.#fault === 'dead') throw new Error('the pin is dead')
  }

  #update(): void {
    if (this.#output) return
    const pulled = this.#pull === 'up' ? 'high' : this.#pull === 'down' ? 'low' : undefined
    this.#set(this.#outside ?? pulled ?? this.#voltage)
  }

  #set(voltage: Voltage): void {
    if (voltage === this.#voltage || this.#fault === 'stuck') return
    this.#voltage = voltage
    if (this.#fault !== 'dead') this.#user?.onVoltage?.()
  }
}

function voltageOf(line: LineSettings, level: Level): Voltage {
  return (level === 'on') === line.activeLow ? 'low' : 'high'
}

function levelOf(line: LineSettings, voltage: Voltage): Level {
  return (voltage === 'low') === line.activeLow ? 'on' : 'off'
}
