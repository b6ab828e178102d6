import { implement, ORPCError } from '@orpc/server'
import { Emitter, FleetError } from '@wrale/kernel'
import { contract, type Fleet, type FleetEvent } from '@wrale/protocol/api'

/** A fleet without nodes, for tests that need a valid answer and no more. */
export const emptyFleet: Fleet = {
  id: '12D3KooWCb216C7A3UfkKjkdqT7VGFQfjbbH6CzhTXMi3WbrHsGd' as Fleet['id'],
  name: 'Test fleet',
  station: {
    id: '12D3KooWCrQXevqwLtUbrj88UGs9Xqyrx9EsSGB9JBy8kc6vsyF9' as Fleet['station']['id'],
    name: 'station',
    software: '0.1.0',
    startedAt: '2026-01-01T00:00:00.000Z',
    link: 'up',
    peers: 0,
    addresses: [],
  },
  counts: { ok: 0, warn: 0, fail: 0, stale: 0, lost: 0, unknown: 0 },
}

const at = '2026-01-01T00:00:00.000Z'

/** A station in miniature: the calls that the client's own tests make. Other calls fail with NOT_FOUND. */
export function fakeStation() {
  const os = implement(contract)
  const events = new Emitter<FleetEvent>()
  const missing = (): never => {
    throw new ORPCError('NOT_FOUND', { message: 'not part of the fake station' })
  }
  async function* watch(signal = new AbortController().signal): AsyncGenerator<FleetEvent, void> {
    const queue: FleetEvent[] = [{ type: 'snapshot', at, fleet: emptyFleet, nodes: [] }]
    let wake: () => void = () => undefined
    const unsubscribe = events.subscribe((event) => {
      queue.push(event)
      wake()
    })
    signal.addEventListener('abort', () => wake())
    try {
      while (!signal.aborted) {
        const event = queue.shift()
        if (event !== undefined) yield event
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      unsubscribe()
    }
  }
  const router = os.router({
    fleet: {
      get: os.fleet.get.handler(() => emptyFleet),
      watch: os.fleet.watch.handler(({ signal }) => watch(signal)),
    },
    nodes: {
      list: os.nodes.list.handler(() => new Promise(() => undefined)),
      get: os.nodes.get.handler(() => {
        throw new ORPCError('NOT_FOUND', { status: 404, message: 'no such node' })
      }),
      metrics: os.nodes.metrics.handler(() => {
        throw new FleetError('INTERNAL', 'not for clients')
      }),
      change: os.nodes.change.handler(missing),
      hardware: os.nodes.hardware.handler(missing),
      safety: os.nodes.safety.handler(missing),
      maintenance: os.nodes.maintenance.handler(missing),
      history: os.nodes.history.handler(missing),
      setLine: os.nodes.setLine.handler(missing),
      override: os.nodes.override.handler(missing),
      endOverride: os.nodes.endOverride.handler(missing),
      resetTamper: os.nodes.resetTamper.handler(missing),
      diagnostics: {
        list: os.nodes.diagnostics.list.handler(missing),
        start: os.nodes.diagnostics.start.handler(missing),
        get: os.nodes.diagnostics.get.handler(missing),
        stop: os.nodes.diagnostics.stop.handler(missing),
      },
      simulator: {
        get: os.nodes.simulator.get.handler(missing),
        change: os.nodes.simulator.change.handler(missing),
      },
    },
    groups: {
      list: os.groups.list.handler(missing),
      get: os.groups.get.handler(missing),
      put: os.groups.put.handler(missing),
      remove: os.groups.remove.handler(missing),
    },
    objects: { history: os.objects.history.handler(missing) },
    conflicts: { list: os.conflicts.list.handler(missing), settle: os.conflicts.settle.handler(missing) },
    mesh: { get: os.mesh.get.handler(missing) },
    events: { list: os.events.list.handler(missing) },
    joinTokens: {
      create: os.joinTokens.create.handler(missing),
      list: os.joinTokens.list.handler(missing),
      revoke: os.joinTokens.revoke.handler(missing),
    },
    members: {
      list: os.members.list.handler(missing),
      get: os.members.get.handler(missing),
      revoke: os.members.revoke.handler(missing),
      replace: os.members.replace.handler(missing),
    },
    claims: { list: os.claims.list.handler(missing), claim: os.claims.claim.handler(missing) },
    recoveryKit: { show: os.recoveryKit.show.handler(missing) },
    session: {
      get: os.session.get.handler(() => ({ kind: 'local' as const, since: at, expiresAt: null })),
      createSignInLink: os.session.createSignInLink.handler(missing),
    },
  })
  return {
    router,
    /** Sends an event to everyone who watches. */
    emit: (event: FleetEvent) => events.emit(event),
    changed: (name: string): FleetEvent => ({
      type: 'changed',
      at,
      fleet: { ...emptyFleet, name },
      nodes: [],
      removed: [],
    }),
    alive: { type: 'alive', at } satisfies FleetEvent,
    get watchers() {
      return events.listenerCount
    },
  }
}
