import { readFile } from 'node:fs/promises'
import { type Clock, Lifecycle, mapped, merged } from '@wrale/kernel'
import { openDatabase } from '@wrale/host'
import { History } from '../features/history/history.ts'
import { historySchema } from '../features/history/store.ts'
import { Maintenance } from '../features/maintenance/maintenance.ts'
import { sampleOf } from '../features/safety/engine/sample.ts'
import { Sensors } from '../features/sensors/sensors.ts'
import type { Telemetry } from '../features/telemetry/telemetry.ts'
import type { Board } from '../hardware/board.ts'
import { GpioLines } from '../hardware/gpio/lines.ts'
import { simulatedLines, simulatedSensors, simulatedSigns } from '../hardware/simulated/defaults.ts'
import type { NodeConfig, SignSettings } from './config/schema.ts'
import type { HardwareSources } from './controls/hardware-view.ts'
import { WriteRate } from './controls/write-rate.ts'
import { DecisionLog } from './guard/decision-log.ts'
import { Guard } from './guard/guard.ts'
import { LineSigns } from './guard/line-signs.ts'
import { LinkSign } from './guard/link-sign.ts'
import { sensorSamples } from './guard/sensor-samples.ts'
import { WatchdogFeeder } from './guard/watchdog-feeder.ts'
import { historyFile, latchFile, maintenanceFile } from './paths.ts'
import type { EdgeDeps } from './compose.ts'

export interface MachineDeps extends EdgeDeps {
  readonly board: Board
  readonly telemetry: Telemetry
  /** Undefined while the fleet's time is not known. */
  readonly fleetTimeMs: () => number | undefined
}

/** A machine's clock that says an earlier time was never set. */
const earliestPlausibleMs = Date.UTC(2025, 0, 1)

/** The machine's lines, sensors and devices, what is decided on them, and what is kept of them. */
export function composeMachine(deps: MachineDeps, config: NodeConfig) {
  const { board, clock, directory, fleetTimeMs, logger, telemetry } = deps
  const lines = config.lines ?? (board.simulated ? simulatedLines : [])
  const sensorSettings = config.sensors ?? (board.simulated ? simulatedSensors : [])
  const signs: SignSettings = config.signs ?? (board.simulated && config.lines === undefined ? simulatedSigns : {})
  const { alarmLine } = config
  const mayPowerDown = config.powerDown === 'allowed'
  const gpio = new GpioLines({ driver: board.lineDriver(), clock, logger }, { lines, header: board.header() })
  const sensors = new Sensors(
    { board, clock, logger },
    { sensors: sensorSettings, intervalMs: config.telemetry.sensorIntervalMs },
  )
  const lineSigns = new LineSigns({ gpio, clock, logger }, signs)
  const linkSign = signs.link === undefined ? undefined : new LinkSign({ clock, logger }, signs.link)
  const history = new History({
    sampled: telemetry.sampled,
    open: () => openDatabase(directory.file(historyFile), historySchema),
    clock,
    logger,
  })
  const decisions = new DecisionLog({ clock, logger })
  history.damaged.subscribe(() => {
    const message = 'The history of measurements was damaged and was set aside; it begins anew'
    decisions.tell({ name: 'storage.history-damaged', severity: 'warning', message })
  })
  const guard = new Guard(
    {
      sampled: merged(
        mapped(telemetry.sampled, sampleOf),
        mapped(sensors.sampled, sensorSamples(sensorSettings)),
        lineSigns.sampled,
        ...(linkSign === undefined ? [] : [linkSign.sampled]),
      ),
      devices: () => board.devices(),
      others: {
        writes: { setMode: async (mode) => history.hold(mode === 'essential' || mode === 'none') },
        ...(alarmLine === undefined
          ? {}
          : { alarm: { set: async (on) => void gpio.write(alarmLine, on ? 'on' : 'off') } }),
      },
      log: decisions,
      latchFile: directory.file(latchFile),
      trustedWallMs: () => fleetTimeMs() ?? ownTimeMs(deps),
      clock,
      logger,
    },
    { settings: config.safety, mayPowerDown },
  )
  const { watchdog } = board.devices()
  const maintenance = new Maintenance({
    sampled: telemetry.sampled,
    file: directory.file(maintenanceFile),
    bootId: async () => (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim(),
    watchdogCausedReset: () => watchdog?.state.causedLastReset,
    clock,
    logger,
  })
  const feeder =
    watchdog === undefined || config.watchdog === 'off'
      ? undefined
      : new WatchdogFeeder({ watchdog, stuck: () => stuckReason({ telemetry, guard, clock }), clock, logger })
  const ownWrites = new WriteRate({ clock }, 'writtenBytes')
  const systemWrites = new WriteRate({ clock }, 'systemWrittenBytes')
  telemetry.sampled.subscribe((observation) => {
    ownWrites.take(observation)
    systemWrites.take(observation)
  })
  const uses = new Map(
    [
      [signs.case, 'case'],
      [signs.motion, 'motion'],
      [alarmLine, 'alarm'],
    ].flatMap(([name, use]) => (name === undefined || use === undefined ? [] : [[name, use] as const])),
  )
  const hardware: HardwareSources = {
    board,
    gpio,
    lines,
    uses,
    sensors,
    telemetry,
    mayPowerDown,
    feeder,
    ownWrites,
    systemWrites,
    clock,
  }
  return {
    decisions,
    guard,
    hardware,
    history,
    maintenance,
    safeStates: { start: async () => void gpio.applySafeStates(), stop: async () => undefined },
    listeners: new Lifecycle([gpio, guard, history, maintenance]),
    speakers: new Lifecycle([
      lineSigns,
      sensors,
      ...(linkSign === undefined ? [] : [linkSign]),
      ...(feeder === undefined ? [] : [feeder]),
    ]),
  }
}

/** The machine's own time, when something sets it. */
function ownTimeMs({ clock, telemetry }: Pick<MachineDeps, 'clock' | 'telemetry'>): number | undefined {
  const source = telemetry.latest?.clock?.source
  const nowMs = clock.wallMs()
  return source === undefined || source === 'none' || nowMs < earliestPlausibleMs ? undefined : nowMs
}

/** A step of the policies comes each second; a sample may be late by what a slow bus takes. */
const lateMs = 5000

function stuckReason(parts: { telemetry: Telemetry; guard: Guard; clock: Clock }): string | undefined {
  const { telemetry, guard, clock } = parts
  const nowMs = clock.monotonicMs()
  if (nowMs - guard.engine.state.interlocks.pace.lastMs > lateMs) return 'the safety policies do not step'
  const sampledMs = telemetry.latest?.atMs ?? 0
  return nowMs - sampledMs > 3 * telemetry.sampleIntervalMs + lateMs ? 'the machine is not measured' : undefined
}
