import { requestsConformance } from '../../testing/requests-conformance.ts'
import { transportConformance } from '../testing/conformance.ts'
import { memoryHarness } from '../testing/harnesses.ts'

transportConformance('memory', memoryHarness)
requestsConformance('memory', memoryHarness)
