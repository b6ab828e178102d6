import { accessSync, constants, existsSync } from 'node:fs'
import { join } from 'node:path'
import type { LineDriver, LineHandle } from '../driver.ts'
import type { Absence } from '../gpio.ts'
import type { Level, LineSettings } from '../settings.ts'
import { findChip } from './chips.ts'
import { absenceOf } from './failure.ts'
import { LinuxLine } from './line.ts'
import { loadOnoff, type OnoffClass, type OnoffLine } from './onoff.ts'

export interface LinuxLinesOptions {
  /** The folder of the kernel's interface. Default /sys/class/gpio. The onoff package itself knows no other. */
  readonly root?: string
  /** Default: that of the onoff package. */
  readonly loadGpio?: () => OnoffClass
}

/**
 * Lines of this machine, through the kernel's sysfs interface and the onoff package. An output that is let go stays exported: freeing
 * it would make the pin an input on a Raspberry Pi (pinctrl-bcm2835, `persist_gpio_outputs`), and the safe level would be gone. Its
 * object is kept for when the line is opened again, so make one driver for a process.
 */
export class LinuxLines implements LineDriver {
  readonly simulated = false
  readonly #root: string
  readonly #loadGpio: () => OnoffClass
  /** Outputs that were let go, by the kernel's number. */
  readonly #kept = new Map<number, OnoffLine>()

  constructor(options: LinuxLinesOptions = {}) {
    this.#root = options.root ?? '/sys/class/gpio'
    this.#loadGpio = options.loadGpio ?? loadOnoff
  }

  open(line: LineSettings, drive: Level | 'keep'): LineHandle | Absence {
    const chip = findChip(this.#root, line.chip)
    if ('reason' in chip) return chip
    const what = `line ${line.pin} of ${chip.label}`
    if (line.pin >= chip.lines) {
      return { reason: 'no-line', detail: `${what}: the chip has the lines 0 to ${chip.lines - 1}` }
    }
    let Gpio: OnoffClass
    try {
      Gpio = this.#loadGpio()
    } catch (error) {
      const message = error instanceof Error ? error.message.split('\n', 1)[0] : String(error)
      return { reason: 'no-driver', detail: `the onoff package cannot be loaded: ${message}` }
    }
    const number = chip.base + line.pin
    try {
      return this.#open(Gpio, number, line, drive)
    } catch (error) {
      return absenceOf(error, what)
    }
  }

  #open(Gpio: OnoffClass, number: number, line: LineSettings, drive: Level | 'keep'): LineHandle {
    const kept = this.#takeKept(number, line, drive)
    const gpio = kept ?? this.#construct(Gpio, number, line, drive)
    const keep = (): void => void this.#kept.set(number, gpio)
    return new LinuxLine(gpio, line, line.direction === 'out' ? keep : undefined)
  }

  #construct(Gpio: OnoffClass, number: number, line: LineSettings, drive: Level | 'keep'): OnoffLine {
    const value = join(this.#root, `gpio${number}`, 'value')
    // The package would try this ten thousand times in a row.
    if (existsSync(value)) accessSync(value, constants.R_OK | constants.W_OK)
    const gpio = new Gpio(number, startOf(line, drive), undefined, {
      activeLow: line.activeLow,
      reconfigureDirection: drive !== 'keep' || line.direction === 'in',
    })
    try {
      // Of a line that was exported before, the package says nothing when it could not be set.
      if (gpio.activeLow() !== line.activeLow) gpio.setActiveLow(line.activeLow)
      if (gpio.direction() !== line.direction) gpio.setDirection(startOf(line, drive))
      if (drive !== 'keep') gpio.writeSync(drive === 'on' ? 1 : 0)
      return gpio
    } catch (error) {
      this.#discard(gpio)
      throw error
    }
  }

  /** The object of an output that this process let go, set up anew; undefined when there is none that works. */
  #takeKept(number: number, line: LineSettings, drive: Level | 'keep'): OnoffLine | undefined {
    const gpio = this.#kept.get(number)
    if (gpio === undefined) return undefined
    this.#kept.delete(number)
    try {
      if (line.direction === 'out') {
        if (gpio.activeLow() !== line.activeLow) gpio.setActiveLow(line.activeLow)
        if (drive !== 'keep' || gpio.direction() !== 'out') gpio.setDirection(startOf(line, drive))
        return gpio
      }
      gpio.unexport()
    } catch {
      this.#discard(gpio)
    }
    return undefined
  }

  #discard(gpio: OnoffLine): void {
    try {
      gpio.unexport()
    } catch {
      // Its chip went away and took the file with it.
    }
  }
}

/** Direction to begin with. The kernel takes `high` and `low` for voltages, without regard to active-low (gpiolib-sysfs.c, direction_store). */
function startOf(line: LineSettings, drive: Level | 'keep'): 'in' | 'high' | 'low' {
  if (line.direction === 'in') return 'in'
  // `keep` is for what is an output already; what is not begins switched off.
  return (drive === 'on') === line.activeLow ? 'low' : 'high'
}
