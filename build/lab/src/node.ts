import { FleetError } from '@wrale/kernel'
import type { NodeCounters } from './counters.ts'
import { LabMachine, type MachineIdentity } from './machine.ts'
import type { LabNetwork } from './network.ts'

/** A machine on the lab's network. Without namespaces all that concerns its network is LAB_UNSUPPORTED. */
export class LabNode extends LabMachine {
  /** 1 for the first node. */
  readonly index: number
  readonly #network: LabNetwork | undefined

  constructor(network: LabNetwork | undefined, identity: MachineIdentity, index: number) {
    super(identity)
    this.#network = network
    this.index = index
  }

  /** Pulls the node's cable. Resolves when nothing passes any more. */
  async linkDown(): Promise<void> {
    await needNetwork(this.#network, 'take a link down').setLink(this.index, 'down')
  }

  async linkUp(): Promise<void> {
    await needNetwork(this.#network, 'take a link up').setLink(this.index, 'up')
  }

  /** Loses frames by chance, 0 (none) to 1 (all): a number for both directions, or each by itself. Replaces what was set. */
  async setLoss(loss: number | { readonly in?: number; readonly out?: number }): Promise<void> {
    const network = needNetwork(this.#network, 'drop packets')
    await network.setLoss([this.index], checkLoss(loss))
  }

  /** Frames sent and received since the node was made. */
  async counters(): Promise<NodeCounters> {
    const all = await needNetwork(this.#network, 'count bytes per node').counters()
    const own = all.get(this.index)
    if (own === undefined) throw new FleetError('NOT_RUNNING', `${this.name} has no port any more: the lab is closed`)
    return own
  }
}

/** The network, or the error that says what cannot be done without one. */
export function needNetwork(network: LabNetwork | undefined, what: string): LabNetwork {
  if (network === undefined) throw new FleetError('LAB_UNSUPPORTED', `A lab on loopback cannot ${what}`)
  return network
}

export function checkLoss(loss: number | { readonly in?: number; readonly out?: number }): { in: number; out: number } {
  const both = typeof loss === 'number' ? { in: loss, out: loss } : { in: loss.in ?? 0, out: loss.out ?? 0 }
  if ([both.in, both.out].some((chance) => !(chance >= 0 && chance <= 1)))
    throw new FleetError('INPUT_INVALID', 'A loss is a chance from 0 (nothing is lost) to 1 (all is lost)', both)
  return both
}
