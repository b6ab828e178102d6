import type { Impostor } from './impostor.ts'
import type { Stage } from './stage.ts'

export interface BehaviourParts {
  readonly stage: Stage
  readonly impostor: Impostor
  /** How long it is to go on, ms. */
  readonly ms: number
}

/** One way to misbehave. @returns what came of it, for the record */
export type Behaviour = (parts: BehaviourParts) => Promise<object>
