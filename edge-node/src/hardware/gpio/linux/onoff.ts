import { createRequire } from 'node:module'

export type Bit = 0 | 1

/** What is used of an object of the onoff package, version 6. */
export interface OnoffLine {
  readSync(): Bit
  writeSync(value: Bit): void
  watch(callback: (error: Error | null | undefined, value: Bit) => void): void
  unwatchAll(): void
  direction(): string
  setDirection(direction: 'in' | 'high' | 'low'): void
  activeLow(): boolean
  setActiveLow(invert: boolean): void
  setEdge(edge: 'none' | 'both'): void
  unexport(): void
}

export interface OnoffOptions {
  readonly activeLow: boolean
  /** False: a line that has the direction already is left at its level. */
  readonly reconfigureDirection: boolean
}

/** `high` and `low` are outputs that begin at that voltage, whatever active-low says. */
export type OnoffClass = new (
  number: number,
  direction: 'in' | 'high' | 'low',
  edge: undefined,
  options: OnoffOptions,
) => OnoffLine

/**
 * The class of the onoff package. It is an optional dependency with a native part: loaded when a line is opened, and not at all on
 * a machine that has none.
 * @throws whatever loading it throws
 */
export function loadOnoff(): OnoffClass {
  const load = createRequire(import.meta.url)
  return (load('onoff') as { readonly Gpio: OnoffClass }).Gpio
}
