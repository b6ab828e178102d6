import type { Clock, Logger, Signal, Startable } from '@wrale/kernel'
import type { FleetClock, Mesh } from '@wrale/mesh'
import type { PeerIdText } from '@wrale/protocol'
import type { Certificate } from '@wrale/protocol/signing'
import { digestText } from '@wrale/protocol/wire'
import { type MemberDirectory, type Replica, SecurityPublisher } from '@wrale/replica'
import { Audit } from './features/event-log/audit.ts'
import { EventLog } from './features/event-log/event-log.ts'
import { JoinedEvents } from './features/event-log/joined-events.ts'
import { NodeEvents } from './features/event-log/node-events.ts'
import { Groups } from './features/groups/groups.ts'
import type { Inventory } from './features/inventory/inventory.ts'
import type { LinkGraph } from './features/inventory/link-graph.ts'
import { meshView } from './features/mesh-view/mesh-view.ts'
import { Conflicts } from './features/objects/conflicts.ts'
import { NodeControl } from './features/node-control/node-control.ts'
import { NodeHistories } from './features/node-control/node-history.ts'
import { NodeLine } from './features/node-control/node-line.ts'
import { SharedAnswers } from './features/node-control/shared-answers.ts'
import type { History } from './features/history/history.ts'
import { NodeNotesDesk } from './features/objects/node-notes.ts'
import { NotedInventory } from './features/objects/noted-inventory.ts'
import { ObjectBook } from './features/objects/object-book.ts'
import { objectHistory } from './features/objects/object-history.ts'
import { Revision } from './features/objects/revision.ts'
import type { RouterDeps } from './rpc/router.ts'

export interface ObjectsDeps {
  readonly self: { readonly id: PeerIdText; readonly name: string }
  readonly replica: Replica
  readonly mesh: Mesh
  readonly members: MemberDirectory
  readonly inventory: Inventory
  readonly graph: LinkGraph
  readonly history: Pick<History, 'query'>
  readonly fleetClock: Pick<FleetClock, 'wallMs'>
  /** Certificates that this station gave out. */
  readonly granted: Signal<Certificate>
  /** What peers did that they may not. */
  readonly incidents: Mesh['incidents']
  readonly clock: Clock
  readonly logger: Logger
}

type Served = Pick<
  RouterDeps,
  | 'inventory'
  | 'nodeNotes'
  | 'nodeControl'
  | 'nodeHistories'
  | 'groups'
  | 'conflicts'
  | 'objectHistory'
  | 'eventLog'
  | 'mesh'
>

/** What a station keeps of what operators said and of what happened. */
export interface Objects extends Served {
  readonly inventory: NotedInventory
  readonly audit: Audit
  readonly book: ObjectBook
  readonly revision: Revision
  /** In the order in which they start. */
  readonly parts: readonly Startable[]
}

export function composeObjects(deps: ObjectsDeps): Objects {
  const { self, replica, mesh, members, inventory, clock, logger } = deps
  /** The end of an id tells members apart: all Ed25519 ids begin alike. */
  const nameOf = (id: PeerIdText): string =>
    id === self.id ? self.name : (inventory.node(id)?.name ?? members.get(id)?.name ?? `…${id.slice(-6)}`)
  const isOut = (): ReadonlySet<PeerIdText> =>
    new Set([...replica.contacts()].flatMap(({ id, revoked }) => (revoked ? [id] : [])))

  const book = new ObjectBook(replica)
  const noted = new NotedInventory({ inventory, book })
  const eventLog = new EventLog({ records: replica, nameOf })
  const audit = new Audit({ log: eventLog, book, clock, logger })
  const line = new NodeLine({ mesh, inventory, clock })
  const revision = new Revision({ objects: book.changed, events: eventLog.added })
  return {
    inventory: noted,
    nodeNotes: new NodeNotesDesk({ book, inventory: noted, audit }),
    nodeControl: new NodeControl({
      line,
      answers: new SharedAnswers(clock),
      fleetTimeMs: () => deps.fleetClock.wallMs(),
      clock,
    }),
    nodeHistories: new NodeHistories({ line, history: deps.history, inventory, clock }),
    groups: new Groups({ book, inventory: noted, audit }),
    conflicts: new Conflicts({ book, nameOf, audit }),
    objectHistory: (object, field) => objectHistory(book, nameOf, object, field),
    eventLog,
    mesh: () =>
      meshView({
        self: self.id,
        graph: deps.graph,
        mesh,
        members,
        out: isOut(),
        inventory,
        nameOf,
        digest: () => digestText(replica.digest()),
        clock,
      }),
    audit,
    book,
    revision,
    parts: [
      book,
      noted,
      eventLog,
      audit,
      revision,
      new JoinedEvents({ granted: deps.granted, members, log: eventLog, logger }),
      new NodeEvents({ inventory, log: eventLog, clock, logger }),
      new SecurityPublisher({ incidents: deps.incidents, write: (body) => eventLog.write(body), clock, logger }),
    ],
  }
}
