import { type Clock, FleetError } from '@wrale/kernel'
import type { LineDriver, LineHandle } from './driver.ts'
import { EdgeDetector } from './edge-detector.ts'
import type { Absence, EdgeWatch, LineReading, LineState, WatchOptions } from './gpio.ts'
import type { Level, LineSettings } from './settings.ts'

export interface LineDeps {
  readonly driver: LineDriver
  readonly clock: Clock
  readonly onChange: (state: LineState) => void
}

/** One configured line, whether or not it is there. */
export class Line {
  readonly settings: LineSettings
  readonly #deps: LineDeps
  readonly #position: number | undefined
  readonly #edges: EdgeDetector | undefined
  #handle: LineHandle | undefined
  #absence: Absence | undefined
  #watchable = false

  constructor(deps: LineDeps, settings: LineSettings, position: number | undefined) {
    this.#deps = deps
    this.settings = settings
    this.#position = position
    if (settings.direction === 'in') {
      const { name: line, debounceMs } = settings
      this.#edges = new EdgeDetector(
        { clock: deps.clock, read: () => this.#attempt((handle) => handle.read()) },
        { line, debounceMs },
      )
    }
  }

  get state(): LineState {
    const { name, pin, direction } = this.settings
    const wantsPull = this.settings.direction === 'in' && this.settings.pull !== undefined
    return {
      name,
      pin,
      ...(this.#position === undefined ? {} : { position: this.#position }),
      direction,
      state: this.#handle !== undefined ? 'present' : this.#absence === undefined ? 'closed' : 'absent',
      ...(this.#absence === undefined ? {} : { absence: this.#absence }),
      pull: this.#handle?.pull ?? (wantsPull ? 'unsupported' : 'not-asked'),
      watchable: this.#watchable,
      bounces: this.#edges?.bounces ?? 0,
    }
  }

  get isOpen(): boolean {
    return this.#handle !== undefined
  }

  /** Opens the line unless it is open. An output begins at its safe level. */
  open(): void {
    if (this.#handle !== undefined) return
    const drive = this.settings.direction === 'out' ? this.settings.safe : 'keep'
    const opened = this.#deps.driver.open(this.settings, drive)
    if ('reason' in opened) {
      this.#becomeAbsent(opened)
      return
    }
    this.#handle = opened
    this.#absence = undefined
    if (this.#edges !== undefined) this.#attempt((handle) => this.#listen(handle))
    // A line that failed at once has told so already.
    if (this.isOpen) this.#deps.onChange(this.state)
  }

  /** Drives an output to its safe level, opening it if need be. Never throws. */
  makeSafe(): void {
    const wasOpen = this.isOpen
    this.open()
    if (wasOpen) this.#driveSafe()
  }

  close(): void {
    if (this.isOpen) this.#driveSafe()
    this.#edges?.closeWatches()
    const wasClosed = this.#handle === undefined && this.#absence === undefined
    this.#letGo()
    this.#absence = undefined
    if (!wasClosed) this.#deps.onChange(this.state)
  }

  read(): LineReading {
    return this.#reading((handle) => handle.read())
  }

  write(level: Level): LineReading {
    const { name, direction } = this.settings
    if (direction === 'in') throw new FleetError('INPUT_INVALID', `line ${name} is an input`, { line: name })
    const reading = this.#reading((handle) => {
      handle.write(level)
      return handle.read()
    })
    if (reading.level === level) return reading
    throw new FleetError('UNAVAILABLE', `line ${name} was driven ${level} and reads back ${reading.level}`, {
      line: name,
      driven: level,
      level: reading.level,
    })
  }

  watch(options?: WatchOptions): EdgeWatch {
    const { name } = this.settings
    if (this.#edges === undefined) throw new FleetError('INPUT_INVALID', `line ${name} is an output`, { line: name })
    if (this.isOpen && !this.#watchable) {
      throw new FleetError('UNAVAILABLE', `line ${name} has no interrupt, so its edges cannot be watched`, {
        line: name,
      })
    }
    return this.#edges.watch(options)
  }

  #listen(handle: LineHandle): void {
    this.#watchable = handle.watch(
      (level) => this.#edges?.seen(level),
      (error) => this.#fail(error),
    )
    // After the watch has begun, so that a change in between is told twice rather than never.
    this.#edges?.resume(handle.read())
  }

  #driveSafe(): void {
    if (this.settings.direction === 'in' || this.settings.safe === 'keep') return
    const { safe } = this.settings
    this.#attempt((handle) => handle.write(safe))
  }

  #reading(act: (handle: LineHandle) => Level): LineReading {
    const level = this.#attempt(act)
    if (level !== undefined) return { level, atMs: this.#deps.clock.monotonicMs() }
    const { name } = this.settings
    const { reason, detail } = this.#absence ?? { reason: 'closed', detail: 'it is not open' }
    throw new FleetError('UNAVAILABLE', `line ${name}: ${detail}`, { line: name, reason })
  }

  #attempt<T>(act: (handle: LineHandle) => T): T | undefined {
    if (this.#handle === undefined) return undefined
    try {
      return act(this.#handle)
    } catch (error) {
      this.#fail(error)
      return undefined
    }
  }

  #fail(error: unknown): void {
    if (!this.isOpen) return
    this.#letGo()
    const cause = error instanceof Error ? error.message : String(error)
    this.#becomeAbsent({ reason: 'failed', detail: `the line stopped answering: ${cause}` })
  }

  #letGo(): void {
    this.#edges?.pause()
    this.#handle?.release()
    this.#handle = undefined
    this.#watchable = false
  }

  #becomeAbsent(absence: Absence): void {
    const before = this.#absence
    this.#absence = absence
    if (before?.reason !== absence.reason || before.detail !== absence.detail) this.#deps.onChange(this.state)
  }
}
