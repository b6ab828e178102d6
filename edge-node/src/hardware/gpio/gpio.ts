import type { Signal, Startable } from '@wrale/kernel'
import type { Level } from './settings.ts'

export type { Level } from './settings.ts'

/** Why a line cannot be used. */
export const absenceReasons = [
  /** The kernel has no GPIO interface that this driver can use. */
  'no-interface',
  /** The library that reaches the lines is missing or does not load. */
  'no-driver',
  /** No chip, or more than one, has the label. */
  'no-chip',
  /** The chip has no such line, or it cannot have that direction. */
  'no-line',
  'no-permission',
  /** Another consumer holds the line. */
  'busy',
  /** It was there, or should be, and does not answer. */
  'failed',
] as const
export type AbsenceReason = (typeof absenceReasons)[number]

export interface Absence {
  readonly reason: AbsenceReason
  /** One sentence for a person. */
  readonly detail: string
}

/** What became of the wish for a resistor: `unsupported` says that the driver can neither set it nor see how it is set. */
export type PullState = 'not-asked' | 'set' | 'unsupported'

/** What is known of a line without touching it. */
export interface LineState {
  readonly name: string
  readonly pin: number
  /** Position on the board's header, from 1; left out when the board has no header or the pin does not lead to it. */
  readonly position?: number
  readonly direction: 'in' | 'out'
  readonly state: 'closed' | 'present' | 'absent'
  /** Given while the state is `absent`. */
  readonly absence?: Absence
  readonly pull: PullState
  /** The line can report its edges. Always false for an output, and while it is not present. */
  readonly watchable: boolean
  /** Pulses of an input that were not reported: shorter than its debounce time, or over before the level could be read. */
  readonly bounces: number
}

export interface LineReading {
  /** After active-low: `on` is what the configuration calls on. Not debounced. */
  readonly level: Level
  /** Monotonic clock, ms. */
  readonly atMs: number
}

export type EdgeKind = 'rising' | 'falling' | 'both'

/** A level that has held for the line's debounce time. */
export interface Edge {
  readonly line: string
  /** `rising` is off to on, after active-low. */
  readonly kind: 'rising' | 'falling'
  readonly level: Level
  /** Monotonic clock, ms: when the level that then held was first seen, not when it had held long enough. */
  readonly atMs: number
  /** Counts the edges of one watch from 1, those that overflowed included: a gap says how many were lost. */
  readonly sequence: number
}

/** A bounded queue of edges. When it is full the oldest goes, so that the last edge always tells the level that holds. */
export interface EdgeWatch {
  /** An edge arrived in an empty queue. Called synchronously, once for a burst that is not taken in between. */
  readonly arrived: Signal<void>
  /** Edges that were dropped because nobody took them in time. */
  readonly overflow: number
  /** All that wait, oldest first. The caller has them; the queue is empty then. */
  take(): readonly Edge[]
  /** Ends the watch. Idempotent. */
  close(): void
}

export interface WatchOptions {
  /** Default both. */
  readonly edge?: EdgeKind
  /** Edges that may wait, 1 to 1024. Default 64. */
  readonly capacity?: number
}

/**
 * The board's named lines. All calls are synchronous, because a safety action must not wait its turn: the kernel answers in
 * microseconds, a line behind an expander in about a millisecond. What cannot be opened is absent, and is tried again.
 */
export interface Gpio extends Startable {
  readonly simulated: boolean
  /** A line's state changed. */
  readonly changes: Signal<LineState>
  /**
   * Opens the outputs and drives them to their safe levels. Needs nothing else to run: call it before anything else of a process, which
   * may follow one that crashed. Never throws; what could not be driven says so. Later calls drive the lines to safety again.
   */
  applySafeStates(): readonly LineState[]
  /** Applies the safe states unless that was done, drives the initial levels, opens the inputs. Rejects never. */
  start(): Promise<void>
  /** Drives the safe levels and lets the lines go; outputs stay driven after the process. Watches end. Rejects never. */
  stop(): Promise<void>
  lines(): readonly LineState[]
  /** @throws FleetError NOT_FOUND for a name that is not configured, UNAVAILABLE while the line is closed or absent */
  read(name: string): LineReading
  /**
   * Drives an output and reads it back.
   * @throws FleetError as `read` does; INPUT_INVALID for an input; UNAVAILABLE when it reads back the other level (a short circuit)
   */
  write(name: string, level: Level): LineReading
  /**
   * Watches an input. May begin while the line is closed or absent: edges come when it is there. A level that changed while the line
   * was absent is an edge when it is back.
   * @throws FleetError NOT_FOUND; INPUT_INVALID for an output; TOO_LARGE when the line has too many watches; UNAVAILABLE when it is
   * there and cannot report edges
   */
  watch(name: string, options?: WatchOptions): EdgeWatch
}
