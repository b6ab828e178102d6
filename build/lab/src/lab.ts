import { FleetError } from '@wrale/kernel'
import { type LabCapability, labCapability } from './capability.ts'
import { sweep } from './cleanup.ts'
import type { NodeCounters } from './counters.ts'
import { LabGuard } from './guard.ts'
import { addressOf, maxNodes, newLabName, subnetOf } from './naming.ts'
import { claimNeighbours } from './neighbours.ts'
import { LabNetwork, nodeNamespace } from './network.ts'
import { checkLoss, LabNode, needNetwork } from './node.ts'
import { thisProcess } from './proc.ts'

export interface LabOptions {
  /** Nodes to begin with, 0 to 250. */
  readonly nodes: number
  /** Default: what {@link labCapability} finds. 'loopback' forces the weaker kind, for tests of the fallback. */
  readonly kind?: 'loopback'
  /** Called once with a sentence when the lab is only a loopback one. Default: printed on stderr. */
  readonly warn?: (message: string) => void
}

/** A network of machines that exists until it is closed or its owner ends. */
export class Lab implements AsyncDisposable {
  readonly name: string
  readonly kind: 'netns' | 'loopback'
  /** Why the lab is on loopback; undefined for one of namespaces. */
  readonly reason: string | undefined
  readonly #guard: LabGuard
  readonly #network: LabNetwork | undefined
  readonly #nodes: LabNode[] = []

  private constructor(name: string, capability: LabCapability) {
    this.name = name
    this.kind = capability.kind
    this.reason = capability.kind === 'loopback' ? capability.reason : undefined
    this.#guard = new LabGuard(name)
    this.#network = this.kind === 'netns' ? new LabNetwork(name) : undefined
  }

  static async create(options: LabOptions): Promise<Lab> {
    const capability = chooseKind(options)
    sweep()
    const lab = new Lab(newLabName(thisProcess()), capability)
    try {
      await lab.#network?.create()
      await lab.addNodes(options.nodes)
    } catch (error) {
      await lab.close()
      throw error
    }
    return lab
  }

  get nodes(): readonly LabNode[] {
    return this.#nodes
  }

  /** Node by number, from 1; NOT_FOUND beyond the last. */
  node(index: number): LabNode {
    const node = this.#nodes[index - 1]
    if (node === undefined)
      throw new FleetError('NOT_FOUND', `The lab has no node ${index}`, { nodes: this.#nodes.length })
    return node
  }

  /** Plugs in more nodes and gives them. */
  async addNodes(count: number): Promise<readonly LabNode[]> {
    const total = this.#nodes.length + count
    if (!Number.isInteger(count) || count < 0 || total > maxNodes)
      throw new FleetError('INPUT_INVALID', `A lab has 0 to ${maxNodes} nodes, not ${total}`, { maxNodes })
    const indexes = Array.from({ length: count }, (_, n) => this.#nodes.length + n + 1)
    if (this.#network !== undefined && count > 0) {
      claimNeighbours(this.name, total)
      await this.#network.plugIn(indexes)
    }
    const added = indexes.map((index) => this.#makeNode(index))
    this.#nodes.push(...added)
    return added
  }

  /** Takes the whole switch down: nobody reaches anybody, while the nodes' own links stay up. */
  async linkDown(): Promise<void> {
    await needNetwork(this.#network, 'take its links down').setSwitch('down')
  }

  async linkUp(): Promise<void> {
    await needNetwork(this.#network, 'take its links up').setSwitch('up')
  }

  /** As {@link LabNode.setLoss}, for every node there is now. A frame between two nodes then meets both losses. */
  async setLoss(loss: number | { readonly in?: number; readonly out?: number }): Promise<void> {
    const indexes = this.#nodes.map((node) => node.index)
    await needNetwork(this.#network, 'drop packets').setLoss(indexes, checkLoss(loss))
  }

  /** Cuts two sets of nodes off from each other, in addition to earlier partitions; see {@link heal}. */
  async partition(left: readonly LabNode[], right: readonly LabNode[]): Promise<void> {
    const indexes = (side: readonly LabNode[]): number[] => side.map((node) => node.index)
    await needNetwork(this.#network, 'be partitioned').addPartition(indexes(left), indexes(right))
  }

  /** Ends all partitions. */
  async heal(): Promise<void> {
    await needNetwork(this.#network, 'be partitioned').healPartitions()
  }

  /** What every node has sent and received, read in one go, by node number. */
  async counters(): Promise<ReadonlyMap<number, NodeCounters>> {
    return await needNetwork(this.#network, 'count bytes per node').counters()
  }

  /** Kills every process of the lab and removes it. Idempotent. */
  async close(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.close()))
    await this.#guard.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #makeNode(index: number): LabNode {
    const inNamespace = this.#network !== undefined
    const address = inNamespace ? addressOf(subnetOf(this.name), index) : '127.0.0.1'
    const namespace = inNamespace ? nodeNamespace(this.name, index) : undefined
    return new LabNode(this.#network, { lab: this.name, name: `n${index}`, address, namespace }, index)
  }
}

/** The kind of lab that is possible, with a warning when it is the weaker one. */
export function chooseKind(options: Pick<LabOptions, 'kind' | 'warn'>): LabCapability {
  if (options.kind === 'loopback') return { kind: 'loopback', reason: 'asked for' }
  const capability = labCapability()
  const warn = options.warn ?? ((message: string) => process.stderr.write(`${message}\n`))
  if (capability.kind === 'loopback') warn(`lab: no network namespaces, all on loopback: ${capability.reason}`)
  return capability
}
