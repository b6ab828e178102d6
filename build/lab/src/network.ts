import { mdnsCountingRules, mdnsCountingTable, type NodeCounters, readCounters } from './counters.ts'
import { faultRules, type Loss, type NetworkFaults } from './faults.ts'
import { addressOf, namespaceName, portName, subnetOf } from './naming.ts'
import { runTool } from './tools.ts'

/** Namespace of node `index`. */
export function nodeNamespace(lab: string, index: number): string {
  return namespaceName(lab, `n${index}`)
}

/**
 * The switch that a lab's nodes are plugged into, and their cables. It is a bridge in a namespace of its own: nothing is
 * added to the machine's own interfaces, routes or rules. It floods multicast, as a cheap switch or access point does.
 */
export class LabNetwork {
  readonly #lab: string
  readonly #switch: string
  readonly #loss = new Map<number, Loss>()
  #partitions: NetworkFaults['partitions'] = []
  #changes: Promise<unknown> = Promise.resolve()

  constructor(lab: string) {
    this.#lab = lab
    this.#switch = namespaceName(lab, 'switch')
  }

  async create(): Promise<void> {
    await runTool('ip', ['netns', 'add', this.#switch])
    await this.#ip('link add br0 type bridge mcast_snooping 0 forward_delay 0', 'link set br0 addrgenmode none up')
    await this.#nft(mdnsCountingTable())
  }

  /** Adds namespaces for the nodes with these numbers: loopback, an address, and a default route, which multicast needs. */
  async plugIn(indexes: readonly number[]): Promise<void> {
    const namespaces = indexes.map((index) => nodeNamespace(this.#lab, index))
    const cables = indexes.map(
      (index, n) =>
        `link add ${portName(index)} netns ${this.#switch} type veth peer name eth0 netns ${String(namespaces[n])}`,
    )
    await batch([], [...namespaces.map((name) => `netns add ${name}`), ...cables])
    await this.#ip(
      ...indexes.flatMap((index) => {
        // No IPv6 of its own on the switch's side: a switch does not talk.
        return [`link set ${portName(index)} addrgenmode none`, `link set ${portName(index)} master br0 up`]
      }),
    )
    for (const [n, index] of indexes.entries()) {
      const address = addressOf(subnetOf(this.#lab), index)
      // IPv4 only: router solicitations and multicast listener reports would otherwise show in what an idle node sends.
      await batch(
        ['-n', String(namespaces[n])],
        [
          'link set lo up',
          'link set eth0 addrgenmode none up',
          `addr add ${address}/24 brd + dev eth0`,
          'route add default dev eth0',
        ],
      )
    }
    await this.#nft(indexes.map(mdnsCountingRules).join(''))
  }

  /** Pulls a node's cable or plugs it in: the node sees its link lose its carrier and keeps its address. */
  async setLink(index: number, state: 'up' | 'down'): Promise<void> {
    await this.#ip(`link set ${portName(index)} ${state}`)
  }

  /** Stops the switch from forwarding anything, or lets it again; the nodes' links stay up. */
  async setSwitch(state: 'up' | 'down'): Promise<void> {
    await this.#ip(`link set br0 ${state}`)
  }

  async setLoss(indexes: readonly number[], loss: Loss): Promise<void> {
    for (const index of indexes) this.#loss.set(index, loss)
    await this.#applyFaults()
  }

  async addPartition(left: readonly number[], right: readonly number[]): Promise<void> {
    this.#partitions = [...this.#partitions, [left, right]]
    await this.#applyFaults()
  }

  async healPartitions(): Promise<void> {
    this.#partitions = []
    await this.#applyFaults()
  }

  async counters(): Promise<ReadonlyMap<number, NodeCounters>> {
    const [links, counters] = await Promise.all([
      runTool('ip', ['-n', this.#switch, '-s', '-j', 'link', 'show']),
      runTool('ip', ['netns', 'exec', this.#switch, 'nft', '-j', 'list', 'counters']),
    ])
    return readCounters(links, counters)
  }

  /** One change after the other, each with the newest state, so that the last call decides however they overlap. */
  async #applyFaults(): Promise<void> {
    const change = this.#changes.then(() => this.#nft(faultRules({ loss: this.#loss, partitions: this.#partitions })))
    this.#changes = change.catch(() => undefined)
    await change
  }

  async #ip(...lines: readonly string[]): Promise<void> {
    await batch(['-n', this.#switch], lines)
  }

  async #nft(rules: string): Promise<void> {
    await runTool('ip', ['netns', 'exec', this.#switch, 'nft', '-f', '-'], rules)
  }
}

async function batch(args: readonly string[], lines: readonly string[]): Promise<void> {
  await runTool('ip', [...args, '-batch', '-'], `${lines.join('\n')}\n`)
}
