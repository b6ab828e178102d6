import { meshConformance } from './testing/mesh-conformance.ts'
import { memoryMeshHarness } from './testing/mesh-harnesses.ts'

meshConformance('in memory', memoryMeshHarness)
