import { implement } from '@orpc/server'
import { FleetError, type Logger } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import {
  contract,
  type CreatedJoinToken,
  type Fleet,
  type FleetEvent,
  type JoinTokenView,
  type MeshView,
  type ObjectChange,
  type Session,
} from '@wrale/protocol/api'
import type { ObjectRef } from '@wrale/protocol/records'
import type { Access } from '../features/access/access.ts'
import type { Claims } from '../features/claims/claims.ts'
import type { EventLog } from '../features/event-log/event-log.ts'
import type { FleetEvents } from '../features/events/fleet-events.ts'
import type { Groups } from '../features/groups/groups.ts'
import type { History } from '../features/history/history.ts'
import type { JoinTokenRequest } from '../features/join-tokens/join-tokens.ts'
import type { Members } from '../features/members/members.ts'
import type { NodeControl } from '../features/node-control/node-control.ts'
import type { NodeHistories } from '../features/node-control/node-history.ts'
import type { Conflicts } from '../features/objects/conflicts.ts'
import type { NodeNotesDesk } from '../features/objects/node-notes.ts'
import type { NotedInventory } from '../features/objects/noted-inventory.ts'
import type { CallContext } from './context.ts'
import { wireErrorOf } from './errors.ts'

export interface RouterDeps {
  readonly fleet: () => Fleet
  readonly inventory: Pick<NotedInventory, 'nodes' | 'detail'>
  readonly nodeNotes: Pick<NodeNotesDesk, 'change'>
  readonly nodeControl: Pick<NodeControl, keyof NodeControl>
  readonly nodeHistories: Pick<NodeHistories, 'query'>
  readonly groups: Pick<Groups, 'list' | 'get' | 'put' | 'remove'>
  readonly conflicts: Pick<Conflicts, 'list' | 'settle'>
  readonly objectHistory: (object: ObjectRef, field?: string) => ObjectChange[]
  readonly eventLog: Pick<EventLog, 'list'>
  readonly mesh: () => MeshView
  readonly history: Pick<History, 'query'>
  readonly events: Pick<FleetEvents, 'watch'>
  readonly members: Pick<Members, 'list' | 'get' | 'revoke' | 'replace'>
  readonly claims: Pick<Claims, 'list' | 'claim'>
  readonly joinTokens: {
    list(): JoinTokenView[]
    create(request: JoinTokenRequest, by: Session): CreatedJoinToken
    revoke(id: string, by: Session): JoinTokenView
  }
  readonly recoveryKit: (by: Session) => { fleet: string; words: string[] }
  readonly access: Pick<Access, 'createSignInLink'>
  /** Address at which browsers reach this station, or undefined when it has no web UI. */
  readonly browserUrl: () => string | undefined
  readonly logger: Logger
}

export type Router = ReturnType<typeof createRouter>

/** The contract, carried out by the features. */
export function createRouter(deps: RouterDeps) {
  const { inventory, nodeNotes, groups, conflicts, eventLog, history, events, access, logger } = deps
  const { members, claims, joinTokens, nodeControl } = deps
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
      change: os.nodes.change.handler(({ input, context }) => nodeNotes.change(input, context.session)),
      hardware: os.nodes.hardware.handler(({ input }) => nodeControl.hardware(input.id)),
      safety: os.nodes.safety.handler(({ input }) => nodeControl.safety(input.id)),
      maintenance: os.nodes.maintenance.handler(({ input }) => nodeControl.maintenance(input.id)),
      history: os.nodes.history.handler(({ input }) => deps.nodeHistories.query(input)),
      setLine: os.nodes.setLine.handler(({ input: { id, ...line }, context }) =>
        nodeControl.setLine(id, line, context.session),
      ),
      override: os.nodes.override.handler(({ input: { id, ...override }, context }) =>
        nodeControl.override(id, override, context.session),
      ),
      endOverride: os.nodes.endOverride.handler(({ input, context }) =>
        nodeControl.endOverride(input.id, input.kind, context.session),
      ),
      resetTamper: os.nodes.resetTamper.handler(({ input, context }) =>
        nodeControl.resetTamper(input.id, input.why, context.session),
      ),
      diagnostics: {
        list: os.nodes.diagnostics.list.handler(({ input }) => nodeControl.diagnostics(input.id)),
        start: os.nodes.diagnostics.start.handler(({ input: { id, ...request }, context }) =>
          nodeControl.startDiag(id, request, context.session),
        ),
        get: os.nodes.diagnostics.get.handler(({ input }) => nodeControl.diagRun(input.id, input.run)),
        stop: os.nodes.diagnostics.stop.handler(({ input, context }) =>
          nodeControl.stopDiag(input.id, input.run, context.session),
        ),
      },
      simulator: {
        get: os.nodes.simulator.get.handler(({ input }) => nodeControl.simulator(input.id)),
        change: os.nodes.simulator.change.handler(({ input: { id, ...change }, context }) =>
          nodeControl.simulate(id, change, context.session),
        ),
      },
    },
    groups: {
      list: os.groups.list.handler(() => ({ items: groups.list() })),
      get: os.groups.get.handler(({ input }) => groups.get(input.name)),
      put: os.groups.put.handler(({ input, context }) => groups.put(input, context.session)),
      remove: os.groups.remove.handler(({ input, context }) => groups.remove(input.name, context.session)),
    },
    objects: {
      history: os.objects.history.handler(({ input: { field, ...object } }) => ({
        items: deps.objectHistory(object, field),
      })),
    },
    conflicts: {
      list: os.conflicts.list.handler(() => ({ items: conflicts.list() })),
      settle: os.conflicts.settle.handler(({ input, context }) => conflicts.settle(input, context.session)),
    },
    mesh: { get: os.mesh.get.handler(() => deps.mesh()) },
    events: { list: os.events.list.handler(({ input }) => eventLog.list(input)) },
    joinTokens: {
      create: os.joinTokens.create.handler(({ input, context }) => joinTokens.create(input, context.session)),
      list: os.joinTokens.list.handler(() => ({ items: joinTokens.list() })),
      revoke: os.joinTokens.revoke.handler(({ input, context }) => joinTokens.revoke(input.id, context.session)),
    },
    members: {
      list: os.members.list.handler(() => ({ items: members.list() })),
      get: os.members.get.handler(({ input }) => members.get(input.id)),
      revoke: os.members.revoke.handler(({ input, context }) => members.revoke(input, context.session)),
      replace: os.members.replace.handler(({ input, context }) => members.replace(input, context.session)),
    },
    claims: {
      list: os.claims.list.handler(() => ({ items: claims.list() })),
      claim: os.claims.claim.handler(({ input, context }) => claims.claim(input, context.session)),
    },
    recoveryKit: { show: os.recoveryKit.show.handler(({ context }) => deps.recoveryKit(context.session)) },
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
