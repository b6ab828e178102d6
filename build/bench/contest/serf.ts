import { setTimeout as sleep } from 'node:timers/promises'
import { Lab, type LabLine } from '../../lab/src/index.ts'
import { type Group, type GroupMember, type Telling, tellTimeoutMs } from './group.ts'
import { Watchers } from './watchers.ts'

/** Words of Serf's log that tell of a member coming, being given up, and leaving. */
const memberEvent = /serf: EventMember(Join|Failed|Leave|Reap): (\S+)/
const userEvent = /agent: Received event: user-event: (\S+)/

/** How Serf's members find each other: by multicast, or each told the first one's address. */
export type SerfDiscovery = 'mdns' | 'join'

/** HashiCorp Serf agents with the settings that its makers give for local networks (profile `lan`), messages encrypted. */
export class SerfGroup implements Group {
  readonly name: string
  readonly lab: Lab
  readonly #size: number
  readonly #discovery: SerfDiscovery
  readonly #members: GroupMember[] = []
  readonly #watchers = new Watchers()
  /** What each member holds to be alive, by member. */
  readonly #alive: Array<Set<string>> = []
  /** When each member had an event, by event and member. */
  readonly #told = new Map<string, Map<number, number>>()
  #events = 0

  private constructor(lab: Lab, size: number, discovery: SerfDiscovery) {
    this.lab = lab
    this.#size = size
    this.#discovery = discovery
    this.name = `serf-${discovery}`
  }

  static async create(size: number, discovery: SerfDiscovery): Promise<SerfGroup> {
    const lab = await Lab.create({ nodes: size })
    // Its multicast also speaks IPv6, and gives up on both where an interface has no such address.
    for (const { index } of lab.nodes) {
      await lab.node(index).exec('ip', ['addr', 'add', `fe80::${index.toString(16)}/64`, 'dev', 'eth0', 'nodad'])
    }
    return new SerfGroup(lab, size, discovery)
  }

  get members(): readonly GroupMember[] {
    return this.#members
  }

  async meet(gapMs: number): Promise<number> {
    const key = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')
    for (let index = 0; index < this.#size; index++) {
      if (index > 0) await sleep(gapMs)
      this.#start(index, key)
    }
    const lastStartMs = Date.now()
    return (await this.#allAlive()) - lastStartMs
  }

  async tell(): Promise<Telling> {
    const name = `bench-${this.#events++}`
    const times = new Map<number, number>()
    this.#told.set(name, times)
    await this.lab.node(1).exec('serf', ['event', '-coalesce=false', name, 'x'.repeat(64)])
    await this.#watchers.attend(() => times.size === this.#size, tellTimeoutMs)
    // The agent that was asked has it first; its moment is the start, so that the start of the command does not count.
    const startMs = times.get(0) ?? Number.NaN
    const timesMs = [...times].flatMap(([index, atMs]) => (index === 0 ? [] : [Math.max(0, atMs - startMs)]))
    return { timesMs, missed: this.#size - times.size }
  }

  async mutter(): Promise<void> {
    await this.lab.node(1).exec('serf', ['event', '-coalesce=false', `bench-${this.#events++}`])
  }

  async shownLost(index: number): Promise<number> {
    const lost = nameOf(index)
    return this.#watchers.until(`${lost} is given up`, () => this.#alive[0]?.has(lost) === false)
  }

  healed(): Promise<number> {
    return this.#allAlive()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lab.close()
  }

  #allAlive(): Promise<number> {
    const running = (): Array<Set<string>> =>
      this.#alive.filter((_, index) => this.#members[index]?.process.ended === undefined)
    return this.#watchers.until('all see all', () => {
      const views = running()
      return views.every((view) => view.size >= views.length)
    })
  }

  #start(index: number, key: string): void {
    const machine = this.lab.node(index + 1)
    const meeting =
      this.#discovery === 'mdns'
        ? ['-discover=bench', '-iface=eth0']
        : index === 0
          ? []
          : [`-retry-join=${this.lab.node(1).address}`, '-retry-interval=1s']
    const started = machine.spawn({
      command: 'serf',
      args: ['agent', `-node=${nameOf(index)}`, `-bind=${machine.address}`, `-encrypt=${key}`, ...meeting],
    })
    const alive = new Set<string>()
    this.#alive[index] = alive
    this.#members[index] = { machine: index + 1, process: started }
    this.#watchers.follow(started, (line) => this.#note(index, alive, line))
  }

  #note(index: number, alive: Set<string>, { text, at }: LabLine): void {
    const [, change, member] = memberEvent.exec(text) ?? []
    if (member !== undefined) {
      if (change === 'Join') alive.add(member)
      else alive.delete(member)
    }
    const [, event] = userEvent.exec(text) ?? []
    if (event !== undefined) this.#told.get(event)?.set(index, at)
  }
}

function nameOf(index: number): string {
  return `n${index + 1}`
}
