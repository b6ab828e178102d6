import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Voltage } from '../simulated/pin.ts'

const configfs = '/sys/kernel/config/gpio-sim'
const sysfs = '/sys/class/gpio'

/**
 * A GPIO chip that the kernel simulates (Documentation/admin-guide/gpio/gpio-sim). To drivers and tools it is a chip like any other;
 * what is outside is its pulls, and its values are what a meter at the pins would show.
 */
export class GpioSim {
  /** Whether this kernel has the simulator. */
  static get isPresent(): boolean {
    return existsSync(configfs)
  }

  readonly #device: string
  readonly #bank: string
  readonly #pulls = new Map<number, Voltage>()

  /** Plugs a chip in. One of a name at a time. */
  constructor(name: string, options: { readonly label: string; readonly lines: number }) {
    this.#device = join(configfs, name)
    this.#bank = join(this.#device, 'bank0')
    mkdirSync(this.#bank, { recursive: true })
    writeFileSync(join(this.#bank, 'num_lines'), String(options.lines))
    writeFileSync(join(this.#bank, 'label'), options.label)
    this.plug()
  }

  /** As the tools know it: `gpiochip0`. */
  get chip(): string {
    return read(join(this.#bank, 'chip_name'))
  }

  /** The kernel's number of its first line. */
  get base(): number {
    const label = read(join(this.#bank, 'label'))
    const found = readdirSync(sysfs).find(
      (entry) => entry.startsWith('gpiochip') && read(join(sysfs, entry, 'label')) === label,
    )
    if (found === undefined) throw new Error(`the kernel has no chip ${label}`)
    return Number(read(join(sysfs, found, 'base')))
  }

  get isPlugged(): boolean {
    return read(join(this.#device, 'live')) === '1'
  }

  plug(): void {
    writeFileSync(join(this.#device, 'live'), '1')
    for (const [pin, voltage] of this.#pulls) this.pull(pin, voltage)
  }

  /** The chip goes, whoever uses it. */
  unplug(): void {
    writeFileSync(join(this.#device, 'live'), '0')
  }

  /** Pulls a pin from outside; an output wins over it. */
  pull(pin: number, voltage: Voltage): void {
    this.#pulls.set(pin, voltage)
    if (this.isPlugged) writeFileSync(this.#file(pin, 'pull'), voltage === 'high' ? 'pull-up' : 'pull-down')
  }

  voltage(pin: number): Voltage {
    return read(this.#file(pin, 'value')) === '1' ? 'high' : 'low'
  }

  /** What libgpiod's `gpioinfo` says of a line, and so the kernel's other interface. */
  info(pin: number): { readonly direction: 'input' | 'output'; readonly isUsed: boolean } {
    const line = execFileSync('gpioinfo', [this.chip], { encoding: 'utf8' })
      .split('\n')
      .find((text) => new RegExp(`^\\s*line\\s+${pin}:`).test(text))
    if (line === undefined) throw new Error(`gpioinfo shows no line ${pin}`)
    return { direction: /\boutput\b/.test(line) ? 'output' : 'input', isUsed: /\[[^\]]*\bused\b/.test(line) }
  }

  /** Takes the chip away for good. */
  remove(): void {
    if (this.isPlugged) this.unplug()
    rmdirSync(this.#bank)
    rmdirSync(this.#device)
  }

  #file(pin: number, name: 'pull' | 'value'): string {
    const device = read(join(this.#device, 'dev_name'))
    return join('/sys/devices/platform', device, this.chip, `sim_gpio${pin}`, name)
  }
}

function read(file: string): string {
  return readFileSync(file, 'utf8').trim()
}
