import type { Readings } from '@wrale/protocol'
import type { InventoryBody, StatusBody } from '@wrale/protocol/records'
import type { Devices } from './devices.ts'
import type { LineDriver } from './gpio/driver.ts'
import type { Header } from './gpio/header.ts'
import type { I2cAdapter } from './i2c/adapter.ts'

export type PowerSource = NonNullable<StatusBody['powerSource']>
export type HardwareIdentity = InventoryBody['hardware']
export type BoardPart = InventoryBody['parts'][number]

/** Alarms that the board's firmware raises itself. One that the board does not have is left out. */
export interface BoardAlarms {
  /** The 5 V rail is below what the board needs, now. */
  readonly underVoltage?: boolean
  /** The processor is slowed down to protect itself, now. */
  readonly throttled?: boolean
  /** The processor may not go at its full frequency, now. */
  readonly frequencyCapped?: boolean
  /** The processor is above its soft limit of temperature, now. */
  readonly softTemperatureLimit?: boolean
  /** The same, at any time since the machine started. */
  readonly underVoltageSinceBoot?: boolean
  readonly throttledSinceBoot?: boolean
  readonly frequencyCappedSinceBoot?: boolean
  readonly softTemperatureLimitSinceBoot?: boolean
  /** The fan has been asked to turn for some seconds and does not. Left out where its speed is not measured. */
  readonly fanStalled?: boolean
}

/** The storage that the daemon's state is on. What is not known is left out. */
export interface StorageFacts {
  /** It cannot be written to: it was mounted so, or the kernel did it after an error. */
  readonly readOnly?: boolean
  /** Part of its life that an eMMC says is used up, ratio, in steps of a tenth, the upper end of the step (JESD84-B51, DEVICE_LIFE_TIME_EST_TYP). */
  readonly lifeUsedRatio?: number
  /** Reserve blocks of an eMMC (JESD84-B51, PRE_EOL_INFO). */
  readonly reserve?: 'normal' | 'warning' | 'urgent'
}

/** Where the machine has its time from. */
export interface ClockFacts {
  /** `ntp`: a time server or receiver disciplines it. `rtc`: set from a battery-backed clock at boot. `none`: neither, as far as is known. */
  readonly source: 'ntp' | 'rtc' | 'none'
  /** What said so: `systemd-timesyncd`, `chrony`, `rtc0`. */
  readonly by?: string
  /** There is a clock with a battery, whether it set the time or not. */
  readonly hasRtc: boolean
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
  readonly storage?: StorageFacts
  readonly clock?: ClockFacts
}

/** Parts that every driver reports, present or absent. */
export const partNames = [
  'temperature-sensor',
  'fan',
  'battery',
  'power-meter',
  'supply-meter',
  'air-sensor',
  'storage',
  'network',
  'watchdog',
  'gpio',
  'i2c',
  'cpu-limit',
  'power-down',
  'real-time-clock',
] as const
export type PartName = (typeof partNames)[number]

export interface BoardDescription {
  readonly hardware: HardwareIdentity
  /** One entry for each of `partNames`, in that order. */
  readonly parts: readonly BoardPart[]
}

/** The machine that the daemon runs on, as far as this daemon reads it. Drivers hold no timers, and no open handles but an armed watchdog's. */
export interface Board {
  readonly simulated: boolean
  /** What the board is. May take seconds: call it rarely. Rejects never; what is not known is left out or says so. */
  describe(): Promise<BoardDescription>
  /** Reads all sensors once. Cheap enough for every second. A sensor that fails is left out; the call itself does not reject. */
  sample(): Promise<BoardSample>
  /** What can be acted on, found now. The same device is the same object each time. Cheap; never throws. */
  devices(): Devices
  /** Where its pins are; undefined for a board without a header, or another maker's. */
  header(): Header | undefined
  /** The driver of its GPIO lines: one for the process. */
  lineDriver(): LineDriver
  /** A bus by its number: one adapter for the process. A bus that is not there is one whose transfers say so. */
  i2cAdapter(bus: number): I2cAdapter
}
