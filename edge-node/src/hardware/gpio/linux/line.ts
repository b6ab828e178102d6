import type { LineHandle } from '../driver.ts'
import type { PullState } from '../gpio.ts'
import type { Level, LineSettings } from '../settings.ts'
import type { Bit, OnoffLine } from './onoff.ts'

/** An exported line. */
export class LinuxLine implements LineHandle {
  /** The sysfs interface has no pulls, neither to set nor to read: they come from config.txt or the device tree. */
  readonly pull: PullState
  readonly #gpio: OnoffLine
  readonly #read: () => Bit
  readonly #keep: (() => void) | undefined

  /** @param keep for outputs: called instead of giving the line back to the kernel */
  constructor(gpio: OnoffLine, line: LineSettings, keep: (() => void) | undefined) {
    this.#gpio = gpio
    this.#read = gpio.readSync.bind(gpio)
    this.#keep = keep
    this.pull = line.direction === 'in' && line.pull !== undefined ? 'unsupported' : 'not-asked'
  }

  read(): Level {
    return levelOf(this.#read())
  }

  write(level: Level): void {
    this.#gpio.writeSync(level === 'on' ? 1 : 0)
  }

  watch(onChange: (level: Level) => void, onFailure: (error: unknown) => void): boolean {
    try {
      // Both, whoever watches what: the package drops an edge whose level has gone back by the time that it reads it.
      this.#gpio.setEdge('both')
    } catch {
      return false
    }
    let last = this.#read()
    // The package reads the level in a callback of its native part, where nobody catches what a line that went away throws.
    this.#gpio.readSync = () => {
      try {
        last = this.#read()
      } catch (error) {
        onFailure(error)
      }
      return last
    }
    this.#gpio.watch((error, value) => {
      if (error) onFailure(error)
      else onChange(levelOf(value))
    })
    return true
  }

  release(): void {
    try {
      this.#gpio.unwatchAll()
      if (this.#keep === undefined) this.#gpio.unexport()
    } catch {
      // Its chip went away and took the file with it.
    }
    this.#keep?.()
  }
}

function levelOf(bit: Bit): Level {
  return bit === 1 ? 'on' : 'off'
}
