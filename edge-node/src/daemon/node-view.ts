import type { FleetError } from '@wrale/kernel'
import type { MeshPeer } from '@wrale/mesh'
import type { MetricName, PeerIdText } from '@wrale/protocol'
import type { SimulatedFault } from '@wrale/protocol/config'
import type { LineView, SafetyView, SensorView } from '@wrale/protocol/node'
import type { Judged } from '../features/health/health.ts'
import type { StandingView } from '../features/membership/standing.ts'
import type { KnownMember } from './known-members.ts'
import type { Observation } from '../features/telemetry/telemetry.ts'

/** Fleet time, and how wrong this machine's own clock is by it. */
export interface FleetTime {
  /** Ms since the Unix epoch. */
  readonly wallMs: number
  readonly ownErrorMs: number
}

/** What became of the configuration since the start. */
export interface ConfigurationState {
  /** Why the files as they are now cannot be used; undefined while they can. */
  readonly problem: string | undefined
  /** Settings that changed and hold only after a restart, their steps joined by dots. */
  readonly needsRestart: readonly string[]
}

/** The running node as its local endpoints show it. Cheap to ask: nothing here waits or measures. */
export interface NodeView {
  readonly id: PeerIdText
  readonly software: string
  readonly simulated: boolean
  /** Wall clock at the start of the process, ms since the Unix epoch. */
  readonly startedAtMs: number
  readonly stateDirectory: string
  readonly configFile: string | null
  /** As it is now: it can change while the daemon runs. */
  readonly sampleIntervalMs: number
  name(): string
  latest(): Judged | undefined
  /** Oldest first. */
  recent(): readonly Observation[]
  refusedReadings(): ReadonlyMap<MetricName, number>
  standing(): StandingView
  peers(): readonly MeshPeer[]
  /** Every other member that it knows of, linked or not. */
  members(): readonly KnownMember[]
  /** Hash of what it holds, hexadecimal: equal on members that hold the same. Null before it is a member. */
  digest(): string | null
  /** The time of day as the fleet has it; undefined before the node is a member, or while no clock is believed. */
  fleetTime(): FleetTime | undefined
  /** Multiaddrs on which other members reach it; none before it is a member. */
  addresses(): readonly string[]
  /** Faults that the simulated board has now; none on a real one. */
  faults(): readonly SimulatedFault[]
  safety(): SafetyView
  lines(): readonly LineView[]
  sensors(): readonly SensorView[]
  /** What the telemetry history writes to disk in a day, bytes, and the samples that it had to let go. */
  history(): { readonly bytesPerDay: number; readonly dropped: number }
  configuration(): ConfigurationState
  /** Why nothing can be stored at the moment; undefined while all is well. */
  storageProblem(): FleetError | undefined
  /** Where the HTTP endpoints listen; null until they do. */
  http(): { readonly host: string; readonly port: number } | null
}
