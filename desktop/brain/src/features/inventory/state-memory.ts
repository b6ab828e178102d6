import type { Logger } from '@wrale/kernel'
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

/** A store that cannot be read or written costs the memory, not the inventory: it is reported once and things go on. */
export function sqliteStateMemory(database: Database, logger: Logger): StateMemory {
  const find = database.prepare('SELECT state, since FROM node_state WHERE id = ?')
  const put = database.prepare('INSERT OR REPLACE INTO node_state (id, state, since) VALUES (?, ?, ?)')
  let reported = false
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work()
    } catch (error) {
      if (!reported) logger.error('states of nodes cannot be remembered', { error })
      reported = true
      return undefined
    }
  }
  return {
    recall: (id) =>
      attempt(() => {
        const row = find.get(id)
        const state = nodeStateSchema.safeParse(row?.['state'])
        return state.success ? { state: state.data, sinceWallMs: Number(row?.['since']) } : undefined
      }),
    remember: (id, state, sinceWallMs) =>
      void attempt(() => database.write(() => put.run(id, state, Math.round(sinceWallMs)))),
  }
}
