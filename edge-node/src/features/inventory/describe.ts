import type { InventoryBody } from '@wrale/protocol/records'
import type { Board } from '../../hardware/board.ts'
import { describeSystem } from './system.ts'

/** What the node says of itself besides what it measures. */
export interface NodeFacts {
  readonly name: string
  readonly software: string
  /** Sealed membership certificate. */
  readonly certificate: Uint8Array
  readonly addresses: string[]
}

export async function describeNode(board: Board, facts: NodeFacts): Promise<InventoryBody> {
  const { hardware, parts } = await board.describe()
  return { ...facts, simulated: board.simulated, hardware, system: await describeSystem(), parts: [...parts] }
}
