import type { Clock } from '@wrale/kernel'
import type { HardwareView, LineView } from '@wrale/protocol/node'
import type { Sensors } from '../../features/sensors/sensors.ts'
import type { Telemetry } from '../../features/telemetry/telemetry.ts'
import type { Board } from '../../hardware/board.ts'
import type { Gpio } from '../../hardware/gpio/gpio.ts'
import type { LineSettings } from '../../hardware/gpio/settings.ts'
import type { WatchdogFeeder } from '../guard/watchdog-feeder.ts'
import type { WriteRate } from './write-rate.ts'

export interface HardwareSources {
  readonly board: Pick<Board, 'simulated' | 'describe' | 'devices'>
  readonly gpio: Gpio
  readonly lines: readonly LineSettings[]
  /** What the node itself uses a line for, by the line's name. */
  readonly uses: ReadonlyMap<string, string>
  readonly sensors: Sensors
  readonly telemetry: Pick<Telemetry, 'latest'>
  readonly mayPowerDown: boolean
  readonly feeder: Pick<WatchdogFeeder, 'fedAtMs'> | undefined
  readonly ownWrites: Pick<WriteRate, 'bytesPerDay'>
  readonly systemWrites: Pick<WriteRate, 'bytesPerDay'>
  readonly clock: Clock
}

/** What the machine has, as it is now. */
export async function makeHardwareView(sources: HardwareSources): Promise<HardwareView> {
  const { board, sensors, telemetry } = sources
  const { parts } = await board.describe()
  const { fan, cpu, powerDown } = board.devices()
  const { readings = {}, alarms = {}, powerSource, storage, clock } = telemetry.latest ?? {}
  const { fanDutyRatio, fanRpm, supplyVolts, powerWatts, batteryRatio } = readings
  const { fanStalled: stalled, ...firmware } = alarms
  return {
    simulated: board.simulated,
    parts: parts.map(({ name, present, detail }) => ({
      name,
      present,
      ...(detail === undefined ? {} : { detail: detail.slice(0, 200) }),
    })),
    lines: lineViews(sources),
    sensors: sensors.sensors(),
    buses: sensors.buses(),
    fan:
      fan === undefined
        ? null
        : {
            name: fan.name,
            askedDuty: fan.askedDuty ?? null,
            ...(fanDutyRatio === undefined ? {} : { dutyRatio: fanDutyRatio }),
            ...(fanRpm === undefined ? {} : { rpm: fanRpm }),
            ...(stalled === undefined ? {} : { stalled }),
          },
    cpu: cpu === undefined ? null : { name: cpu.name, askedRatio: cpu.askedRatio },
    powerDown: powerDown === undefined ? null : { name: powerDown.name, allowed: sources.mayPowerDown },
    watchdog: watchdogView(sources),
    power: {
      ...(powerSource === undefined ? {} : { source: powerSource }),
      ...(supplyVolts === undefined ? {} : { supplyVolts }),
      ...(powerWatts === undefined ? {} : { powerWatts }),
      ...(batteryRatio === undefined ? {} : { batteryRatio }),
      alarms: firmware,
    },
    storage: storageView(sources, storage),
    clock: clock ?? null,
  }
}

export function lineViews({ gpio, lines, uses }: Pick<HardwareSources, 'gpio' | 'lines' | 'uses'>): LineView[] {
  const safe = new Map(lines.map((line) => [line.name, line.direction === 'out' ? line.safe : undefined]))
  return gpio.lines().map((line) => {
    const { name, pin, position, direction, state, absence, bounces } = line
    const use = uses.get(name)
    const safeLevel = safe.get(name)
    return {
      name,
      pin,
      ...(position === undefined ? {} : { position }),
      direction,
      state,
      level: levelOf(gpio, name),
      ...(safeLevel === undefined ? {} : { safe: safeLevel }),
      ...(use === undefined ? {} : { use }),
      ...(absence === undefined ? {} : { absence: { ...absence, detail: absence.detail.slice(0, 240) } }),
      bounces,
    }
  })
}

function levelOf(gpio: Gpio, name: string): LineView['level'] {
  try {
    return gpio.read(name).level
  } catch {
    return null
  }
}

function watchdogView({ board, feeder, clock }: HardwareSources): HardwareView['watchdog'] {
  const { watchdog } = board.devices()
  if (watchdog === undefined) return null
  const fedAtMs = feeder?.fedAtMs
  return {
    name: watchdog.name,
    ...watchdog.state,
    ...(fedAtMs === undefined ? {} : { fedAgoMs: Math.max(0, clock.monotonicMs() - fedAtMs) }),
  }
}

function storageView(
  { ownWrites, systemWrites }: HardwareSources,
  facts: HardwareView['storage'] | undefined,
): HardwareView['storage'] {
  const { bytesPerDay: own } = ownWrites
  const { bytesPerDay: system } = systemWrites
  return {
    ...facts,
    ...(own === undefined ? {} : { ownBytesPerDay: own }),
    ...(system === undefined ? {} : { systemBytesPerDay: system }),
  }
}
