import { hostname } from 'node:os'
import { type Clock, type FleetError, Lifecycle, type Logger, type Startable } from '@wrale/kernel'
import { softwareVersion, type StateDirectory, StorageWatch } from '@wrale/host'
import { awaitClaim, claimCodeFor, enrol } from '@wrale/mesh'
import type { Identity } from '@wrale/protocol/signing'
import { Diagnostics } from '../features/diagnostics/diagnostics.ts'
import { unfitness } from '../features/diagnostics/fitness.ts'
import { loadProcessors } from '../features/diagnostics/load.ts'
import { writeTest } from '../features/diagnostics/write-test.ts'
import { Health } from '../features/health/health.ts'
import { Standing } from '../features/membership/standing.ts'
import { MembershipStore } from '../features/membership/store.ts'
import { type FleetWishes, withWanted } from '../features/remote/wanted-thermal.ts'
import type { SafetySettings } from '../features/safety/settings.ts'
import { Telemetry } from '../features/telemetry/telemetry.ts'
import { SimulatedBoard } from '../hardware/simulated/board.ts'
import { makeBoard } from './board-choice.ts'
import type { LoadedConfig } from './config/load.ts'
import type { NodeConfig } from './config/schema.ts'
import { ConfigWatcher } from './config/watcher.ts'
import { ControlServer } from './control/server.ts'
import { makeControls } from './controls/controls.ts'
import { lineViews, makeHardwareView } from './controls/hardware-view.ts'
import { makeSafetyView } from './controls/safety-view.ts'
import { loadSimulated, spinFan, waitFor } from './controls/self-test.ts'
import { makeSimulator } from './controls/simulator.ts'
import { newCounters } from './counters.ts'
import { DaemonFile } from './daemon-file.ts'
import type { FleetSession } from './fleet-session.ts'
import { LocalHttp } from './http/server.ts'
import { collectGarbage, MemoryTrim } from './memory-trim.ts'
import { defaultName } from './names.ts'
import type { NodeView } from './node-view.ts'
import { diagnosticsFile, identityFile, originalsFile } from './paths.ts'

import { composeMachine } from './machine.ts'
import { composeSession, network } from './session.ts'

export interface EdgeDeps {
  readonly directory: StateDirectory
  readonly identity: Identity
  readonly clock: Clock
  readonly logger: Logger
  /** Told of a failure that leaves the node unable to take its place in its fleet. */
  readonly failed: (error: unknown) => void
  /** Told that the simulated machine went off; `isOrderly` when it was shut down. */
  readonly machineOff: (isOrderly: boolean) => void
}

export interface EdgeOptions {
  readonly config: NodeConfig
  readonly configFile: string | null
  /** How the configuration is read again, and the main file that is watched for it. */
  readonly reload: { readonly load: () => Promise<LoadedConfig>; readonly file: string }
  /** Join token to use if the node is not a member yet, as text. */
  readonly joinWith: string | undefined
}

/** The whole daemon: what there is, what it needs, and in which order it starts. */
export function compose(
  deps: EdgeDeps,
  { config, configFile, reload, joinWith }: EdgeOptions,
): Startable & { readonly view: NodeView } {
  const { clock, directory, failed, identity, logger } = deps
  const counters = newCounters()
  const board = makeBoard(clock, config, {
    id: identity.id,
    diskPath: directory.path,
    originalsFile: directory.file(originalsFile),
  })
  const simulated = board instanceof SimulatedBoard ? board : undefined
  const ownName = config.name ?? defaultName(identity.id, board.simulated, hostname())
  const configuration = new ConfigWatcher({ load: reload.load, clock, logger }, { initial: config, file: reload.file })

  const telemetry = new Telemetry({ board, clock, logger }, config.telemetry)
  const watch = new StorageWatch({
    folder: directory.path,
    file: directory.file(identityFile),
    clock,
    logger,
  })
  const storageProblem = (): FleetError | undefined => session?.storageProblem() ?? watch.problem
  const clockErrorMs = (): number | undefined => session?.fleetTime()?.ownErrorMs
  const health = new Health({ sampled: telemetry.sampled, storageProblem, clockErrorMs, clock, logger })
  const machine = composeMachine({ ...deps, board, telemetry, fleetTimeMs: () => session?.fleetTime()?.wallMs }, config)
  const { decisions, guard } = machine
  let wishes: Pick<FleetWishes, 'thermal' | 'refused'> = { thermal: {}, refused: undefined }
  const safetyInUse = (): SafetySettings => {
    const { safety } = configuration.current
    return { ...safety, thermal: withWanted(safety.thermal, wishes.thermal) }
  }
  const safetyView = (): ReturnType<typeof makeSafetyView> =>
    makeSafetyView({
      engine: guard.engine,
      log: decisions,
      settings: safetyInUse(),
      wanted: wishes.thermal,
      refused: wishes.refused,
      clock,
    })
  const diagnostics = new Diagnostics(
    {
      context: {
        hardware: () => makeHardwareView(machine.hardware),
        observation: () => telemetry.latest,
        ...(board.devices().fan && { spinFan: (duty) => spinFan(guard.engine, duty, clock) }),
        writeTest: (signal) => writeTest(directory.path, signal),
        load: simulated === undefined ? loadProcessors : () => loadSimulated(simulated),
        links: () => session?.peers().length,
        wait: (ms, signal) => waitFor(clock, ms, signal),
      },
      unfit: () => unfitness(guard.engine),
      about: async () => {
        const { model } = (await board.describe()).hardware
        return { id: identity.id, name: view.name(), model: model ?? 'not known', software: softwareVersion }
      },
      file: directory.file(diagnosticsFile),
      clock,
      logger,
    },
    config.diagnostics,
  )
  const controls = makeControls({
    hardware: machine.hardware,
    safety: safetyView,
    engine: guard.engine,
    history: machine.history,
    diagnostics,
    maintenance: () => machine.maintenance.view(),
    simulator: simulated && makeSimulator(simulated, () => void telemetry.sample().catch(() => undefined)),
    clock,
  })
  let needsRestart: readonly string[] = []
  configuration.changed.subscribe((change) => {
    needsRestart = change.needsRestart
    telemetry.setInterval(change.config.telemetry.sampleIntervalMs)
    machine.hardware.sensors.setInterval(change.config.telemetry.sensorIntervalMs)
    guard.engine.configure(safetyInUse())
  })
  simulated?.wentOff.subscribe(({ cause, reason }) => {
    logger.warn('the simulated machine goes off', { cause, reason })
    deps.machineOff(cause === 'shutdown')
  })
  let session: FleetSession | undefined
  const standing = new Standing(
    {
      self: identity.id,
      store: new MembershipStore(directory),
      enrol: (token, signal) =>
        enrol(
          { identity, logger, clock },
          { token, name: ownName, software: softwareVersion, ...network(config), signal },
        ),
      claim: {
        code: claimCodeFor(identity),
        wait: async (keep, signal) => {
          const { model } = (await board.describe()).hardware
          const description = { name: ownName, role: 'node', model, software: softwareVersion } as const
          const { listen, mdns } = config
          return awaitClaim({ identity, logger, clock }, { description, listen, mdns, keep, signal })
        },
      },
      session: async (membership) => {
        const putOut = (reason: string | null): void => standing.putOut(reason)
        session = composeSession(
          {
            ...deps,
            board,
            counters,
            health,
            storageProblem,
            putOut,
            controls,
            decisions: (write) => decisions.to(write),
            configured: configuration.changed,
            wanted: (now) => {
              wishes = now
              guard.engine.configure(safetyInUse())
            },
          },
          configuration.current,
          membership,
        )
        return session
      },
      failed,
      clock,
      logger,
    },
    { joinWith },
  )
  const view: NodeView = {
    id: identity.id,
    software: softwareVersion,
    simulated: board.simulated,
    startedAtMs: clock.wallMs(),
    stateDirectory: directory.path,
    configFile,
    get sampleIntervalMs() {
      return telemetry.sampleIntervalMs
    },
    name: () => nameOf(config, standing) ?? ownName,
    latest: () => health.latest,
    recent: () => telemetry.recent,
    refusedReadings: () => telemetry.refusedCounts,
    standing: () => standing.view,
    peers: () => session?.peers() ?? [],
    members: () => session?.members() ?? [],
    digest: () => session?.digest() ?? null,
    fleetTime: () => session?.fleetTime(),
    addresses: () => session?.addresses() ?? [],
    faults: () => simulated?.faults() ?? [],
    safety: safetyView,
    lines: () => lineViews(machine.hardware),
    sensors: () => machine.hardware.sensors.sensors(),
    history: () => ({ bytesPerDay: machine.history.bytesPerDay, dropped: machine.history.dropped }),
    configuration: () => ({ problem: configuration.problem?.message, needsRestart }),
    storageProblem,
    http: () => http.address,
  }
  const http = new LocalHttp({ view, counters, clock }, { listen: config.http })
  const control = new ControlServer(
    { view, standing, simulated, controls, sample: () => telemetry.sample() },
    { stateDirectory: directory.path },
  )
  const trim = new MemoryTrim({ clock, collect: collectGarbage })
  // Outputs are made safe before all else: this may follow a daemon that was killed. Then comes what can be in use already, so that a second
  // daemon ends before it has done anything. Who listens is started before who speaks, and the fleet is told when there is something to tell.
  const parts = new Lifecycle([
    machine.safeStates,
    http,
    control,
    new DaemonFile({ directory, view, logger }),
    watch,
    health,
    machine.listeners,
    telemetry,
    machine.speakers,
    diagnostics,
    standing,
    configuration,
    trim,
  ])
  return { view, start: () => parts.start(), stop: () => parts.stop() }
}

function nameOf(config: NodeConfig, standing: Standing): string | undefined {
  return config.name ?? (standing.view.standing === 'member' ? standing.view.name : undefined)
}
