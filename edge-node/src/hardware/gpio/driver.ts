import type { Absence, PullState } from './gpio.ts'
import type { Level, LineSettings } from './settings.ts'

/** An open line. Every call but `release` may throw what the hardware answers; the line counts as failed then. */
export interface LineHandle {
  readonly pull: PullState
  /** The level at the pin now, after active-low. */
  read(): Level
  /** Outputs only. */
  write(level: Level): void
  /**
   * Calls `onChange` after each change with the level that the pin has by then; several fast changes may be one call. At most one watch.
   * @returns false when this line cannot report changes
   */
  watch(onChange: (level: Level) => void, onFailure: (error: unknown) => void): boolean
  /** No calls to `onChange` come any more. An input is free for others; an output goes on being driven. Never throws. */
  release(): void
}

/** How lines are reached: the part of the port that is another one on every kind of machine. */
export interface LineDriver {
  readonly simulated: boolean
  /**
   * Never throws.
   * @param drive for outputs: the level to begin with, without a moment at the other one, or `keep` for what the pin has
   */
  open(line: LineSettings, drive: Level | 'keep'): LineHandle | Absence
}
