import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '@wrale/kernel'
import type { Bit, OnoffClass, OnoffLine, OnoffOptions } from '../linux/onoff.ts'
import type { Voltage } from '../simulated/pin.ts'

export interface TreeChip {
  readonly base: number
  readonly label: string
  readonly lines: number
}

interface TreePin {
  voltage: Voltage
  direction: 'in' | 'out'
  activeLow: boolean
  edge: 'none' | 'both'
  /** An errno that exporting answers, such as EBUSY while libgpiod holds the line. */
  exportError?: string | undefined
  /** An errno that setting the direction answers. */
  directionError?: string | undefined
  /** An errno that its value answers. */
  valueError?: string | undefined
  hasInterrupt: boolean
  stuck: boolean
  notify?: (() => void) | undefined
}

/**
 * A folder laid out as the kernel lays out /sys/class/gpio, and what the kernel does behind it. A plain folder does not react to
 * writes, so the stand-in for the onoff class calls `store` where the real one writes files; everything that is read comes from files.
 */
export class GpioTree {
  readonly root = mkdtempSync(join(tmpdir(), 'wrale-gpio-'))
  readonly #clock: Clock
  readonly #chips: readonly TreeChip[]
  readonly #pins = new Map<number, TreePin>()
  /** Called at each change of a voltage that the board made. */
  onVoltage: ((number: number, voltage: Voltage) => void) | undefined

  constructor(clock: Clock, chips: readonly TreeChip[]) {
    this.#clock = clock
    this.#chips = chips
    this.#write('export', '')
    this.#write('unexport', '')
    for (const { base, label, lines } of chips) {
      this.#write(`gpiochip${base}/base`, `${base}\n`)
      this.#write(`gpiochip${base}/label`, `${label}\n`)
      this.#write(`gpiochip${base}/ngpio`, `${lines}\n`)
    }
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true })
  }

  pin(number: number): TreePin {
    let pin = this.#pins.get(number)
    if (pin === undefined) {
      pin = { voltage: 'low', direction: 'in', activeLow: false, edge: 'none', hasInterrupt: true, stuck: false }
      this.#pins.set(number, pin)
    }
    return pin
  }

  isExported(number: number): boolean {
    return existsSync(join(this.root, `gpio${number}`))
  }

  /** Drives a pin from outside. Whoever polls it is told later, and finds the level of then, as with the kernel's. */
  drive(number: number, voltage: Voltage): void {
    const pin = this.pin(number)
    if (pin.stuck || pin.voltage === voltage) return
    pin.voltage = voltage
    this.#refresh(number)
    if (pin.edge === 'both') this.#notifyLater(pin)
  }

  fail(number: number, code: string): void {
    const pin = this.pin(number)
    pin.exportError = pin.valueError = code
    this.#notifyLater(pin)
  }

  mend(number: number): void {
    const pin = this.pin(number)
    pin.exportError = pin.valueError = undefined
    pin.stuck = false
  }

  /** The process that polled is gone; the kernel keeps what it exported. */
  crash(): void {
    for (const pin of this.#pins.values()) pin.notify = undefined
  }

  /** Answers whether the line was exported before. */
  export(number: number): boolean {
    if (this.isExported(number)) return true
    const pin = this.pin(number)
    if (!this.#chips.some(({ base, lines }) => number >= base && number < base + lines)) throw errno('EINVAL')
    if (pin.exportError !== undefined) throw errno(pin.exportError)
    pin.activeLow = false
    pin.edge = 'none'
    this.#refresh(number)
    return false
  }

  /** Frees the line; an output becomes an input then, as on a Raspberry Pi. */
  unexport(number: number): void {
    const pin = this.pin(number)
    pin.direction = 'in'
    rmSync(join(this.root, `gpio${number}`), { recursive: true, force: true })
  }

  store(number: number, file: 'direction' | 'active_low' | 'edge' | 'value', text: string): void {
    const pin = this.pin(number)
    if (!this.isExported(number)) throw errno('ENOENT')
    if (file === 'value') {
      if (pin.valueError !== undefined) throw errno(pin.valueError)
      if (pin.direction === 'in') throw errno('EPERM')
      this.#set(number, (text === '1') === pin.activeLow ? 'low' : 'high')
    } else if (file === 'direction') {
      if (pin.directionError !== undefined) throw errno(pin.directionError)
      pin.direction = text === 'in' ? 'in' : 'out'
      if (text !== 'in') this.#set(number, text === 'high' ? 'high' : 'low')
    } else if (file === 'edge') {
      if (!pin.hasInterrupt) throw errno('ENOENT')
      pin.edge = text === 'both' ? 'both' : 'none'
    } else pin.activeLow = text === '1'
    this.#refresh(number)
  }

  load(number: number, file: 'direction' | 'active_low' | 'value'): string {
    const { valueError } = this.pin(number)
    if (file === 'value' && valueError !== undefined) throw errno(valueError)
    return readFileSync(join(this.root, `gpio${number}`, file), 'utf8').trim()
  }

  #set(number: number, voltage: Voltage): void {
    const pin = this.pin(number)
    if (pin.stuck || pin.voltage === voltage) return
    pin.voltage = voltage
    this.onVoltage?.(number, voltage)
  }

  #notifyLater(pin: TreePin): void {
    this.#clock.schedule(0, () => pin.notify?.())
  }

  #refresh(number: number): void {
    if (!this.isExported(number)) mkdirSync(join(this.root, `gpio${number}`))
    const { direction, activeLow, voltage, edge, hasInterrupt } = this.pin(number)
    this.#write(`gpio${number}/direction`, `${direction}\n`)
    this.#write(`gpio${number}/active_low`, activeLow ? '1\n' : '0\n')
    this.#write(`gpio${number}/value`, (voltage === 'high') === activeLow ? '0\n' : '1\n')
    if (hasInterrupt) this.#write(`gpio${number}/edge`, `${edge}\n`)
  }

  #write(file: string, text: string): void {
    mkdirSync(join(this.root, file, '..'), { recursive: true })
    writeFileSync(join(this.root, file), text)
  }
}

function errno(code: string): Error {
  return Object.assign(new Error(`${code}: the kernel refused`), { code })
}

/** A class with the shape and the habits of the onoff package's, over a tree instead of /sys/class/gpio. */
export function onoffOver(tree: GpioTree): OnoffClass {
  return class implements OnoffLine {
    readonly #number: number
    readonly #listeners: Array<(error: Error | null | undefined, value: Bit) => void> = []

    constructor(number: number, direction: 'in' | 'high' | 'low', _edge: undefined, options: OnoffOptions) {
      this.#number = number
      const wasExported = tree.export(number)
      // What cannot be set of a line that was exported before is passed over in silence.
      const set = (act: () => void): void => {
        try {
          act()
        } catch (error) {
          if (!wasExported) throw error
        }
      }
      set(() => this.setActiveLow(options.activeLow))
      set(() => {
        const wanted = direction === 'in' ? 'in' : 'out'
        if (options.reconfigureDirection || this.direction() !== wanted) this.setDirection(direction)
      })
      this.readSync()
    }

    readSync(): Bit {
      return tree.load(this.#number, 'value') === '1' ? 1 : 0
    }

    writeSync(value: Bit): void {
      tree.store(this.#number, 'value', String(value))
    }

    watch(callback: (error: Error | null | undefined, value: Bit) => void): void {
      this.#listeners.push(callback)
      tree.pin(this.#number).notify = () => {
        const value = this.readSync()
        for (const listener of [...this.#listeners]) listener(undefined, value)
      }
    }

    unwatchAll(): void {
      this.#listeners.length = 0
      tree.pin(this.#number).notify = undefined
    }

    direction(): string {
      return tree.load(this.#number, 'direction')
    }

    setDirection(direction: 'in' | 'high' | 'low'): void {
      tree.store(this.#number, 'direction', direction)
    }

    activeLow(): boolean {
      return tree.load(this.#number, 'active_low') === '1'
    }

    setActiveLow(invert: boolean): void {
      tree.store(this.#number, 'active_low', invert ? '1' : '0')
    }

    setEdge(edge: 'none' | 'both'): void {
      tree.store(this.#number, 'edge', edge)
    }

    unexport(): void {
      this.unwatchAll()
      tree.unexport(this.#number)
    }
  }
}
