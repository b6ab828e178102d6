import type { MemberRole, PeerIdText } from '@wrale/protocol'
import type {
  DiagProgress,
  DiagReport,
  DiagRequest,
  DiagTest,
  HardwareView,
  LineLevel,
  MaintenanceView,
  NodeHistoryAnswer,
  NodeHistoryQuery,
  OverrideRequest,
  OverrideView,
  SafetyView,
  SimulatorChange,
  SimulatorView,
  WishKind,
} from '@wrale/protocol/node'
import type { CommandCaller } from '@wrale/protocol/wire'

/** Who has the node do something: a station whose certificate was checked, and how its operator came to it. */
export interface Caller {
  readonly id: PeerIdText
  readonly name: string
  readonly role: MemberRole
  readonly caller: CommandCaller
}

/** The name of a caller in at most 64 characters, as decisions and audits have it. */
export function callerText({ name, caller }: Caller): string {
  return `${name.slice(0, 48)} (${caller})`
}

export interface DiagHooks {
  /** Called when the run begins, with nothing done, and after each test. A run that is refused never calls it. */
  progress(progress: DiagProgress): void
  /** Breaks the run off; its report says so. */
  readonly signal: AbortSignal
}

/** Self-tests of the node. */
export interface DiagnosticsControls {
  /** What can be run. */
  tests(): readonly DiagTest[]
  /** When a run begins by itself, in words; null when none does. */
  schedule(): string | null
  /**
   * Runs the tests, in order.
   * @throws FleetError CONFLICT, before the first progress, while the machine is not fit for it or another run is under way; INPUT_INVALID for an unknown test
   */
  run(request: DiagRequest & { readonly id: string }, by: string, hooks: DiagHooks): Promise<DiagReport>
  /** Those that are kept, the newest first. */
  reports(): readonly DiagReport[]
}

/** Only on simulated boards. */
export interface SimulatorControls {
  view(): SimulatorView
  /** @throws FleetError INPUT_INVALID for a setting or a value that the board does not take */
  set(change: SimulatorChange): void
  /** @throws FleetError INPUT_INVALID for a fault that the board cannot have */
  fault(name: string): void
  /** One fault, or all of them. @throws FleetError INPUT_INVALID */
  clear(name?: string): void
}

/**
 * What stations can see of this node, and have it do: made once, in `compose.ts`. Whoever calls has checked who asks; safety is checked here.
 * Views are of the moment and made anew for each call. Every refusal is a FleetError whose message says what to do.
 */
export interface NodeControls {
  hardware(): HardwareView | Promise<HardwareView>
  safety(): SafetyView
  maintenance(): MaintenanceView | Promise<MaintenanceView>
  /** @throws FleetError INPUT_INVALID, RATE_LIMITED */
  history(query: NodeHistoryQuery): Promise<NodeHistoryAnswer>
  /**
   * Drives an output and reads it back.
   * @returns the level that was read back
   * @throws FleetError NOT_FOUND, INPUT_INVALID for an input, UNAVAILABLE while it is absent or reads back otherwise; CONFLICT, with the reason,
   * when the safety policies hold it
   */
  setLine(name: string, level: LineLevel, by: Caller): Promise<LineLevel>
  /** @throws FleetError CONFLICT with the reason when it is refused */
  override(request: OverrideRequest, by: Caller): OverrideView
  /** @throws FleetError NOT_FOUND when there is none of the kind */
  endOverride(kind: WishKind, by: Caller): void
  /** @throws FleetError CONFLICT with the reason while a sign still shows; NOT_FOUND when nothing is latched */
  resetTamper(why: string, by: Caller): void
  readonly diagnostics: DiagnosticsControls
  readonly simulator?: SimulatorControls | undefined
}
