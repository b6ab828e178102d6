import { implement } from '@orpc/server'
import { FleetError, type Logger } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { contract, type Fleet, type FleetEvent } from '@wrale/protocol/api'
import type { Access } from '../features/access/access.ts'
import type { FleetEvents } from '../features/events/fleet-events.ts'
import type { History } from '../features/history/history.ts'
import type { Inventory } from '../features/inventory/inventory.ts'
import type { JoinTokens } from '../features/join-tokens/join-tokens.ts'
import type { CallContext } from './context.ts'
import { wireErrorOf } from './errors.ts'

export interface RouterDeps {
  readonly fleet: () => Fleet
  readonly inventory: Pick<Inventory, 'nodes' | 'detail'>
  readonly history: Pick<History, 'query'>
  readonly events: Pick<FleetEvents, 'watch'>
  readonly joinTokens: Pick<JoinTokens, 'create' | 'list'>
  readonly access: Pick<Access, 'createSignInLink'>
  /** Address at which browsers reach this station, or undefined when it has no web UI. */
  readonly browserUrl: () => string | undefined
  readonly logger: Logger
}

export type Router = ReturnType<typeof createRouter>

/** The contract, carried out by the features. */
export function createRouter(deps: RouterDeps) {
  const { inventory, history, events, joinTokens, access, logger } = deps
  const os = implement(contract).$context<CallContext>()

  const nodeOf = (id: PeerIdText) => {
    const detail = inventory.detail(id)
    if (detail === undefined) throw new FleetError('NOT_FOUND', `no node of this fleet has the id ${id}`)
    return detail
  }

  async function* watched(signal: AbortSignal): AsyncGenerator<FleetEvent, void> {
    try {
      yield* events.watch(signal)
    } catch (error) {
      throw wireErrorOf(error, logger)
    }
  }

  return os.router({
    fleet: {
      get: os.fleet.get.handler(() => deps.fleet()),
      watch: os.fleet.watch.handler(({ signal }) => watched(signal ?? new AbortController().signal)),
    },
    nodes: {
      list: os.nodes.list.handler(() => ({ items: inventory.nodes() })),
      get: os.nodes.get.handler(({ input }) => nodeOf(input.id)),
      metrics: os.nodes.metrics.handler(({ input }) => history.query(nodeOf(input.id).id, input)),
    },
    joinTokens: {
      create: os.joinTokens.create.handler(({ input }) => joinTokens.create(input)),
      list: os.joinTokens.list.handler(() => ({ items: joinTokens.list() })),
    },
    session: {
      get: os.session.get.handler(({ context }) => context.session),
      createSignInLink: os.session.createSignInLink.handler(() => {
        const url = deps.browserUrl()
        if (url === undefined) throw new FleetError('UNAVAILABLE', 'this station has no web UI to sign in to')
        return access.createSignInLink(url)
      }),
    },
  })
}
