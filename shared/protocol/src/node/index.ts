export { diagReportHtml } from './diag-html.ts'
export { quantityWords, type ShownUnit, shownUnit } from './quantities.ts'
export {
  type DiagList,
  diagListSchema,
  type DiagProgress,
  diagProgressSchema,
  type DiagReport,
  diagReportSchema,
  type DiagRequest,
  diagRequestSchema,
  type DiagResult,
  diagResultSchema,
  type DiagRun,
  diagRunIdSchema,
  diagRunSchema,
  type DiagStatus,
  diagStatusSchema,
  type DiagSummary,
  type DiagTest,
  worstStatus,
} from './diagnostics.ts'
export {
  type BusView,
  type HardwareView,
  hardwareViewSchema,
  type LineLevel,
  lineLevelSchema,
  type LineView,
  lineViewSchema,
  type SensorView,
} from './hardware.ts'
export {
  maxHistoryPoints,
  type NodeHistoryAnswer,
  nodeHistoryAnswerSchema,
  type NodeHistoryQuery,
  nodeHistoryQuerySchema,
} from './history.ts'
export { type MaintenanceView, maintenanceViewSchema } from './maintenance.ts'
export {
  maxOverrideSeconds,
  type OverrideRequest,
  overrideRequestSchema,
  type OverrideView,
  overrideViewSchema,
  type SafetyDecision,
  type SafetyView,
  safetyViewSchema,
  whySchema,
  type Wish,
  type WishKind,
  wishKindSchema,
  wishSchema,
} from './safety.ts'
export {
  type SimulatorChange,
  type SimulatorRequest,
  simulatorRequestSchema,
  type SimulatorView,
  simulatorViewSchema,
} from './simulator.ts'
export {
  type FanCurve,
  fanCurveSchema,
  thermalFields,
  type ThermalProfile,
  thermalProfileSchema,
  type WantedThermal,
  wantedThermalSchema,
} from './thermal.ts'
