import { meshConformance } from './testing/mesh-conformance.ts'
import { libp2pMeshHarness } from './testing/mesh-harnesses.ts'

meshConformance('libp2p on loopback', libp2pMeshHarness)
