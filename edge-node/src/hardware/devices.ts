/**
 * What a machine has besides sensors: what can be acted on. Each is optional, for a machine without it is a machine without it; `Board.devices`
 * says what there is. Every call is idempotent and may be made again after it failed. All failures are FleetErrors: UNAVAILABLE when the
 * hardware does not take it, FORBIDDEN when this process may not, INPUT_INVALID for a number outside its range.
 */
export interface Devices {
  readonly fan?: Fan
  readonly cpu?: CpuLimit
  readonly powerDown?: PowerDownPort
  readonly watchdog?: Watchdog
}

export interface Fan {
  /** What drives it, in words: `pwmfan pwm1`. */
  readonly name: string
  /** The duty that was asked for last, ratio 0..1; undefined while nobody asks and the machine's own control has it. */
  readonly askedDuty: number | undefined
  /**
   * Takes the fan over. A fan with steps turns at the next step above. Where the kernel controls it as well, and turns it up above what was
   * asked here, it stays so until the next call; turned down below that it is turned up again with the next sample.
   * @param ratio 0..1; 0 stops it
   */
  setDuty(ratio: number): Promise<void>
  /** Gives it back to the machine's own control. Where there is none it stays at its last duty. */
  release(): Promise<void>
}

export interface CpuLimit {
  readonly name: string
  /** 1 while there is no limit of ours. */
  readonly askedRatio: number
  /** @param ratio of the speed that was allowed before, above 0; 1 lifts the limit */
  setLimit(ratio: number): Promise<void>
  /** Puts back what was allowed before. */
  release(): Promise<void>
}

export interface PowerDownPort {
  readonly name: string
  /**
   * Resolves when a clean shutdown of the machine has begun: this process is told to stop like any other soon.
   * @param reason one sentence for the machine's journal
   */
  powerDown(reason: string): Promise<void>
}

/** `armed`: the machine resets itself unless it is fed. `failed`: it was armed and does not take food any more. */
export type WatchdogCondition = 'closed' | 'armed' | 'failed'

export interface WatchdogState {
  readonly condition: WatchdogCondition
  /** Longest time between two feeds, s; left out when the driver does not say. A third of it is a good interval. */
  readonly timeoutSeconds?: number
  /** Once armed it cannot be disarmed any more; left out when the driver does not say. */
  readonly noWayOut?: boolean
  /** The last reset of the machine was this watchdog's; left out when the driver does not say. */
  readonly causedLastReset?: boolean
  /** Why it is `failed`, one sentence. */
  readonly failure?: string
}

/**
 * The timer that resets the machine when it is not fed. Its timeout is the driver's: the kernel lets it be set by an ioctl only, which Node
 * has not, or by a parameter of the driver's module at boot.
 */
export interface Watchdog {
  readonly name: string
  readonly state: WatchdogState
  /** Arms it. @throws FleetError UNAVAILABLE when another process has it, FORBIDDEN, NOT_FOUND */
  open(): Promise<void>
  /** Feeds it. After a failure the next call opens it anew first. @throws FleetError CONFLICT while it is closed, UNAVAILABLE when it is dead */
  feed(): Promise<void>
  /** Disarms it and lets it go. With `noWayOut` the machine resets after the timeout unless someone else opens it. */
  close(): Promise<void>
}
