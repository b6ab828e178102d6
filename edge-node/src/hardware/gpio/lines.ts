import { backoffMs, type Cancel, type Clock, Emitter, FleetError, type Logger } from '@wrale/kernel'
import type { LineDriver } from './driver.ts'
import type { EdgeWatch, Gpio, LineReading, LineState, WatchOptions } from './gpio.ts'
import { type Header, positionOf } from './header.ts'
import { Line } from './line.ts'
import type { Level, LineSettings } from './settings.ts'

export interface GpioLinesDeps {
  readonly driver: LineDriver
  readonly clock: Clock
  readonly logger: Logger
}

export interface GpioLinesOptions {
  /** Default none. */
  readonly lines?: readonly LineSettings[]
  /** The board's header, for the positions of its pins. Default: no header. */
  readonly header?: Header | undefined
  /** Longest wait before absent lines are tried for the first time, ms; it doubles each time. Default 1000. */
  readonly retryFirstMs?: number
  /** Longest wait between two tries, ms. Default 60 000. */
  readonly retryMaxMs?: number
}

/** The lines of one board, whatever driver reaches them. */
export class GpioLines implements Gpio {
  readonly simulated: boolean
  readonly changes = new Emitter<LineState>()
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #lines: ReadonlyMap<string, Line>
  readonly #retry: { readonly firstMs: number; readonly maxMs: number }
  #started = false
  #attempt = 0
  #retrying = false
  #cancelRetry: Cancel | undefined

  constructor({ driver, clock, logger }: GpioLinesDeps, options: GpioLinesOptions = {}) {
    const { lines = [], header, retryFirstMs = 1000, retryMaxMs = 60_000 } = options
    this.simulated = driver.simulated
    this.#clock = clock
    this.#logger = logger
    this.#retry = { firstMs: retryFirstMs, maxMs: retryMaxMs }
    const deps = { driver, clock, onChange: (state: LineState) => this.#onChange(state) }
    this.#lines = new Map(
      lines.map((line) => {
        const position = header === undefined || line.chip !== undefined ? undefined : positionOf(header, line.pin)
        return [line.name, new Line(deps, line, position)]
      }),
    )
  }

  applySafeStates(): readonly LineState[] {
    const outputs = this.#outputs()
    for (const line of outputs) line.makeSafe()
    return outputs.map((line) => line.state)
  }

  async start(): Promise<void> {
    if (this.#started) return
    this.#started = true
    this.#bringUp([...this.#lines.values()])
    this.#armRetry()
  }

  async stop(): Promise<void> {
    this.#started = false
    this.#disarmRetry()
    for (const line of this.#lines.values()) line.close()
  }

  lines(): readonly LineState[] {
    return [...this.#lines.values()].map((line) => line.state)
  }

  read(name: string): LineReading {
    return this.#line(name).read()
  }

  write(name: string, level: Level): LineReading {
    return this.#line(name).write(level)
  }

  watch(name: string, options?: WatchOptions): EdgeWatch {
    return this.#line(name).watch(options)
  }

  #line(name: string): Line {
    const line = this.#lines.get(name)
    if (line === undefined) throw new FleetError('NOT_FOUND', `there is no line ${name}`, { line: name })
    return line
  }

  #outputs(): readonly Line[] {
    return [...this.#lines.values()].filter(({ settings }) => settings.direction === 'out')
  }

  #bringUp(lines: readonly Line[]): void {
    for (const line of lines) {
      // Whoever was told of a line may have stopped all of them.
      if (!this.#started) return
      line.open()
      if (line.isOpen) this.#driveInitial(line)
    }
  }

  #driveInitial(line: Line): void {
    const { settings } = line
    if (settings.direction === 'in' || settings.initial === undefined) return
    try {
      line.write(settings.initial)
    } catch (error) {
      this.#logger.warn('line did not take its initial level', { line: settings.name, error })
    }
  }

  #onChange(state: LineState): void {
    const { name, absence } = state
    if (absence !== undefined) this.#logger.warn('line is absent', { line: name, ...absence })
    this.changes.emit(state)
    if (absence === undefined || this.#retrying) return
    // One that went away just now may be back soon, however long others have been missing.
    this.#disarmRetry()
    this.#armRetry()
  }

  #armRetry(): void {
    if (!this.#started || this.#cancelRetry !== undefined) return
    if (this.lines().every(({ state }) => state !== 'absent')) return
    this.#cancelRetry = this.#clock.schedule(backoffMs(this.#attempt, this.#retry), () => {
      this.#cancelRetry = undefined
      this.#attempt++
      this.#retrying = true
      this.#bringUp([...this.#lines.values()].filter((line) => !line.isOpen))
      this.#retrying = false
      this.#armRetry()
    })
  }

  #disarmRetry(): void {
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
    this.#attempt = 0
  }
}
