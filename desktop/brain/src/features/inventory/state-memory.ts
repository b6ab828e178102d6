import type { PeerIdText } from '@wrale/protocol'
import { type NodeState, nodeStateSchema } from '@wrale/protocol/api'
import type { Database } from '../../store/database.ts'

export interface RememberedState {
  readonly state: NodeState
  readonly sinceWallMs: number
}

/** Since when each node is in its state, so that a restart of the station does not begin the count anew. */
export interface StateMemory {
  recall(id: PeerIdText): RememberedState | undefined
  remember(id: PeerIdText, state: NodeState, sinceWallMs: number): void
}

export function sqliteStateMemory(database: Database): StateMemory {
  const find = database.prepare('SELECT state, since FROM node_state WHERE id = ?')
  const put = database.prepare('INSERT OR REPLACE INTO node_state (id, state, since) VALUES (?, ?, ?)')
  return {
    recall(id) {
      const row = find.get(id)
      const state = nodeStateSchema.safeParse(row?.['state'])
      return state.success ? { state: state.data, sinceWallMs: Number(row?.['since']) } : undefined
    },
    remember(id, state, sinceWallMs) {
      database.write(() => put.run(id, state, Math.round(sinceWallMs)))
    },
  }
}
