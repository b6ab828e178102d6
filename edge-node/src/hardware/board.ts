import type { Readings } from '@wrale/protocol'
import type { InventoryBody, StatusBody } from '@wrale/protocol/records'

export type PowerSource = NonNullable<StatusBody['powerSource']>
export type HardwareIdentity = InventoryBody['hardware']
export type BoardPart = InventoryBody['parts'][number]

/** Alarms that the board's firmware raises itself. One that the board does not have is left out. */
export interface BoardAlarms {
  /** The 5 V rail is below what the board needs, now. */
  readonly underVoltage?: boolean
  /** The processor is slowed down to protect itself, now. */
  readonly throttled?: boolean
}

/** What the sensors say at one moment. */
export interface BoardSample {
  /**
   * As the sensor gave them, in the catalogue's units, not checked against its bounds. What the board cannot measure is left out;
   * NaN stands for a sensor that answered something that is not a number.
   */
  readonly readings: Readings
  /** Left out when the board does not know. */
  readonly powerSource?: PowerSource
  readonly alarms: BoardAlarms
}

/** Parts that every driver reports, present or absent. */
export const partNames = [
  'temperature-sensor',
  'fan',
  'battery',
  'power-meter',
  'supply-meter',
  'storage',
  'network',
  'watchdog',
  'gpio',
  'i2c',
] as const
export type PartName = (typeof partNames)[number]

export interface BoardDescription {
  readonly hardware: HardwareIdentity
  /** One entry for each of `partNames`, in that order. */
  readonly parts: readonly BoardPart[]
}

/** The machine that the daemon runs on, as far as this daemon reads it. Drivers hold no timers and no open handles. */
export interface Board {
  readonly simulated: boolean
  /** What the board is. May take seconds: call it rarely. Rejects never; what is not known is left out or says so. */
  describe(): Promise<BoardDescription>
  /** Reads all sensors once. Cheap enough for every second. A sensor that fails is left out; the call itself does not reject. */
  sample(): Promise<BoardSample>
}
