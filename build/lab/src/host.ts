import type { LabCapability } from './capability.ts'
import { sweep } from './cleanup.ts'
import { LabGuard } from './guard.ts'
import { chooseKind, type LabOptions } from './lab.ts'
import { LabMachine } from './machine.ts'
import { addressOf, newLabName, subnetOf } from './naming.ts'
import { LabNetwork, nodeNamespace } from './network.ts'
import { thisProcess } from './proc.ts'
import { runTool } from './tools.ts'

export type LabHostOptions = Pick<LabOptions, 'kind' | 'warn'>

/**
 * One machine by itself, cut off from every network: all that runs on it shares its loopback and its multicast, and nothing
 * else on this computer is in the way of its ports or answers its mDNS. For a whole demo fleet or a browser test in a box.
 */
export class LabHost extends LabMachine implements AsyncDisposable {
  readonly kind: 'netns' | 'loopback'
  /** Why the host is this computer itself; undefined for a namespace. */
  readonly reason: string | undefined
  readonly #guard: LabGuard

  private constructor(lab: string, capability: LabCapability) {
    const apart = capability.kind === 'netns'
    const namespace = apart ? nodeNamespace(lab, 1) : undefined
    super({ lab, name: 'host', address: apart ? addressOf(subnetOf(lab), 1) : '127.0.0.1', namespace })
    this.kind = capability.kind
    this.reason = capability.kind === 'loopback' ? capability.reason : undefined
    this.#guard = new LabGuard(lab)
  }

  static async create(options: LabHostOptions = {}): Promise<LabHost> {
    const capability = chooseKind(options)
    sweep()
    const host = new LabHost(newLabName(thisProcess()), capability)
    try {
      await host.#connectToItself()
    } catch (error) {
      await host.close()
      throw error
    }
    return host
  }

  override async close(): Promise<void> {
    await super.close()
    await this.#guard.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /**
   * A switch with nobody else on it: its interface takes the default route, so that multicast has a way out, on which the
   * kernel loops it back. (A dummy interface would do, but not every kernel has them.)
   */
  async #connectToItself(): Promise<void> {
    if (this.namespace === undefined) return
    const network = new LabNetwork(this.lab)
    await network.create()
    await network.plugIn([1])
    await runTool('ip', ['-n', this.namespace, 'link', 'set', 'lo', 'multicast', 'on'])
  }
}
