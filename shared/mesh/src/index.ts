export { enrol, type EnrolDeps, type EnrolOptions } from './enrolment/enrol.ts'
export { createMesh, type MeshRuntime } from './mesh.ts'
export { defaultTuning, type MeshTuning, stationTuning } from './tuning.ts'
export type * from './types.ts'
