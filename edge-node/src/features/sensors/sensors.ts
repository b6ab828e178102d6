import { type Clock, Emitter, type Logger, repeat, type Signal, type Startable } from '@wrale/kernel'
import type { BusView, SensorView } from '@wrale/protocol/node'
import type { Board } from '../../hardware/board.ts'
import { SerialBus } from '../../hardware/i2c/serial-bus.ts'
import { sensorDriver } from '../../hardware/i2c/sensors/catalogue.ts'
import type { SensorSettings } from '../../hardware/i2c/sensors/settings.ts'
import { type SensorReading, WatchedSensor } from '../../hardware/i2c/sensors/watched-sensor.ts'

/** One reading of every sensor, by the sensor's name and the quantity. */
export interface SensorsSample {
  readonly atMs: number
  readonly readings: ReadonlyMap<string, Readonly<Record<string, SensorReading>>>
}

export interface SensorsDeps {
  readonly board: Pick<Board, 'i2cAdapter'>
  readonly clock: Clock
  readonly logger: Logger
}

export interface SensorsOptions {
  readonly sensors: readonly SensorSettings[]
  /** Between two readings, ms. */
  readonly intervalMs: number
}

interface Known {
  readonly settings: SensorSettings
  readonly sensor: WatchedSensor
  readings: Readonly<Record<string, SensorReading>>
  readAtMs?: number
  /** Verdicts as they were said last, so that each change is said once. */
  said: string
}

/** Reads the configured sensors at an interval. One that is absent or bad is a state, said when it changes. */
export class Sensors implements Startable {
  readonly #deps: SensorsDeps
  #intervalMs: number
  readonly #buses = new Map<number, SerialBus>()
  readonly #sensors: readonly Known[]
  readonly #sampled = new Emitter<SensorsSample>()
  #stop: (() => Promise<void>) | undefined

  constructor(deps: SensorsDeps, { sensors, intervalMs }: SensorsOptions) {
    this.#deps = deps
    this.#intervalMs = intervalMs
    this.#sensors = sensors.map((settings) => {
      const { chip, address } = settings
      const driver = sensorDriver(chip)
      const bus = this.#bus(settings.bus)
      const sensor = new WatchedSensor({ bus, clock: deps.clock, driver }, { address, settings: settings.settings })
      return { settings, sensor, readings: {}, said: '' }
    })
  }

  get sampled(): Signal<SensorsSample> {
    return this.#sampled
  }

  /** Holds from the next reading on. */
  setInterval(intervalMs: number): void {
    this.#intervalMs = intervalMs
  }

  async start(): Promise<void> {
    if (this.#stop !== undefined || this.#sensors.length === 0) return
    const { clock, logger } = this.#deps
    for (const bus of this.#buses.values()) await bus.start()
    const failed = (error: unknown): void => logger.error('reading the sensors failed', { error })
    // Asked each time: it can be changed while it runs.
    const everyMs = (): number => this.#intervalMs
    this.#stop = repeat(clock, everyMs, () => this.#read(), failed)
    await this.#read().catch(failed)
  }

  async stop(): Promise<void> {
    const stop = this.#stop
    this.#stop = undefined
    await stop?.()
    for (const bus of this.#buses.values()) await bus.stop()
  }

  sensors(): SensorView[] {
    const nowMs = this.#deps.clock.monotonicMs()
    return this.#sensors.map(({ settings, readings, readAtMs }) => ({
      name: settings.name,
      chip: settings.chip,
      bus: this.#bus(settings.bus).name,
      address: settings.address,
      readings: { ...readings },
      ...(readAtMs === undefined ? {} : { readAgoMs: nowMs - readAtMs }),
    }))
  }

  buses(): BusView[] {
    return [...this.#buses.values()].map(({ name, state }) => ({ name, ...state }))
  }

  async #read(): Promise<void> {
    // One after the other: those of one bus wait for each other anyway.
    for (const known of this.#sensors) {
      known.readings = await known.sensor.sample()
      known.readAtMs = this.#deps.clock.monotonicMs()
      this.#say(known)
    }
    const readings = new Map(this.#sensors.map(({ settings, readings: latest }) => [settings.name, latest]))
    this.#sampled.emit({ atMs: this.#deps.clock.monotonicMs(), readings })
  }

  #say(known: Known): void {
    const { name: sensor, chip } = known.settings
    const verdicts = Object.values(known.readings).map(({ verdict }) => verdict)
    const unfit = verdicts.find(({ status }) => status !== 'ok')
    const condition = unfit === undefined || unfit.status === 'ok' ? 'ok' : `${unfit.status}: ${unfit.reason}`
    if (condition === known.said) return
    const wasKnown = known.said !== ''
    known.said = condition
    if (condition !== 'ok') this.#deps.logger.warn('a sensor cannot be used', { sensor, chip, condition })
    else if (wasKnown) this.#deps.logger.info('a sensor is well again', { sensor, chip })
  }

  #bus(number: number): SerialBus {
    const known = this.#buses.get(number)
    if (known !== undefined) return known
    const bus = new SerialBus({ adapter: this.#deps.board.i2cAdapter(number), clock: this.#deps.clock })
    this.#buses.set(number, bus)
    return bus
  }
}
