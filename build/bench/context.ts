/** One thing that was measured, and how often. */
export interface Measurement {
  /** `suite.thing`, stable: figures of different days are compared by it. */
  readonly name: string
  readonly unit: string
  /** In the order in which they were taken. None means that it could not be measured here. */
  readonly samples: readonly number[]
  /** The same of something else, measured in the same run to compare with. */
  readonly peer?: { readonly name: string; readonly samples: readonly number[] }
}

/** How a suite says what it found. */
export interface BenchContext {
  readonly report: (measurement: Measurement) => void
  /** Under what conditions it was measured, for the reader. */
  readonly note: (text: string) => void
  /** Why it cannot be measured here. */
  readonly skip: (reason: string) => void
}
