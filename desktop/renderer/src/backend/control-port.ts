import type { NodeHardware, NodeMaintenance, NodeSafety, NodeSimulator } from '@wrale/protocol/api'
import type { PeerIdText } from '@wrale/protocol'
import type {
  DiagList,
  DiagRun,
  LineLevel,
  OverrideRequest,
  OverrideView,
  SimulatorRequest,
  WishKind,
} from '@wrale/protocol/node'

interface Asked {
  readonly signal: AbortSignal
}
interface OfNode {
  readonly id: PeerIdText
}
interface OfRun extends OfNode {
  readonly run: string
}

/**
 * What nodes answer and do themselves, in the shapes of the API. UNAVAILABLE: the node cannot be reached now. CONFLICT: the node refuses,
 * and says why.
 */
export interface NodeControlPort {
  readonly hardware: (node: OfNode, asked: Asked) => Promise<NodeHardware>
  readonly setLine: (
    request: OfNode & { readonly name: string; readonly level: LineLevel },
  ) => Promise<{ readonly level: LineLevel }>
  readonly safety: (node: OfNode, asked: Asked) => Promise<NodeSafety>
  readonly maintenance: (node: OfNode, asked: Asked) => Promise<NodeMaintenance>
  readonly override: (request: OfNode & OverrideRequest) => Promise<OverrideView>
  readonly endOverride: (request: OfNode & { readonly kind: WishKind }) => Promise<NodeSafety>
  readonly resetTamper: (request: OfNode & { readonly why: string }) => Promise<NodeSafety>
  readonly diagnostics: {
    readonly list: (node: OfNode, asked: Asked) => Promise<DiagList>
    readonly start: (request: OfNode & { readonly load: boolean; readonly tests?: string[] }) => Promise<DiagRun>
    readonly get: (run: OfRun, asked: Asked) => Promise<DiagRun>
    readonly stop: (run: OfRun) => Promise<DiagRun>
  }
  /** NOT_FOUND: the node is not simulated. */
  readonly simulator: {
    readonly get: (node: OfNode, asked: Asked) => Promise<NodeSimulator>
    readonly change: (request: OfNode & SimulatorRequest) => Promise<NodeSimulator>
  }
}
