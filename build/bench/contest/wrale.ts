import { FleetError } from '@wrale/kernel'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Fleet, startFleet } from '../../lab/fleet/index.ts'
import type { Lab, LabLine } from '../../lab/src/index.ts'
import { type Group, type GroupMember, type Telling, tellTimeoutMs } from './group.ts'
import { Watchers } from './watchers.ts'

/** What one start of a daemon has told so far. */
interface Told {
  listening: boolean
  /** Names of the members that it heard. */
  readonly heard: Set<string>
  /** Fleet events by their text, with when they came. */
  readonly events: Map<string, number>
}

/** Daemons that are members already and start again, and a station beside them. */
export class WraleGroup implements Group {
  readonly name = 'wrale'
  readonly lab: Lab
  readonly #fleet: Fleet
  readonly #watchers = new Watchers()
  #told: Told[] = []
  #events = 0
  /** From when the last daemon listened until all knew all, ms. */
  metFromListeningMs = Number.NaN

  private constructor(fleet: Fleet, lab: Lab) {
    this.#fleet = fleet
    this.lab = lab
    fleet.view.onPicture(() => this.#watchers.changed())
  }

  /** Lets the daemons join once, then ends them: what is measured is members that meet. */
  static async create(size: number): Promise<WraleGroup> {
    const fleet = await startFleet({ nodes: size, joinTimeoutMs: 120_000 })
    if (fleet.lab?.kind !== 'netns') {
      await fleet.close()
      throw new FleetError('LAB_UNSUPPORTED', 'the contest needs network namespaces')
    }
    await Promise.all(fleet.daemons.map((daemon) => daemon.stop()))
    return new WraleGroup(fleet, fleet.lab)
  }

  get members(): readonly GroupMember[] {
    // The station is machine 1.
    return this.#fleet.daemons.map((daemon, index) => ({ machine: index + 2, process: daemon.process }))
  }

  async meet(gapMs: number): Promise<number> {
    const { daemons } = this.#fleet
    this.#told = []
    let lastStartMs = 0
    for (const [index, daemon] of daemons.entries()) {
      if (index > 0) await sleep(gapMs)
      const told: Told = { listening: false, heard: new Set(), events: new Map() }
      this.#told.push(told)
      lastStartMs = Date.now()
      this.#watchers.follow(daemon.start(), (line) => note(told, line))
    }
    const listeningMs = await this.#watchers.until('all listen', () => this.#told.every(({ listening }) => listening))
    const names = daemons.map(({ name }) => name)
    const metMs = await this.#watchers.until('all see all', () =>
      this.#told.every(({ heard }, index) => names.every((name) => name === names[index] || heard.has(name))),
    )
    this.metFromListeningMs = Math.max(0, metMs - listeningMs)
    return metMs - lastStartMs
  }

  async tell(): Promise<Telling> {
    const mark = `bench-${this.#events++}`
    const startMs = Date.now()
    await this.#label(mark)
    const running = this.#running()
    const times = (): number[] => running.flatMap(({ events }) => has(events, mark) ?? [])
    await this.#watchers.attend(() => times().length === running.length, tellTimeoutMs)
    const timesMs = times().map((atMs) => Math.max(0, atMs - startMs))
    return { timesMs, missed: running.length - timesMs.length }
  }

  async mutter(): Promise<void> {
    await this.#label(`bench-${this.#events++}`)
  }

  async shownLost(index: number): Promise<number> {
    const name = this.#fleet.daemons[index]?.name ?? ''
    return this.#watchers.until(
      `${name} is shown as lost`,
      () => this.#fleet.view.picture?.nodes.get(name)?.state === 'lost',
    )
  }

  /** What was said at the station while it was cut off from half of the daemons is with all of them, and the station sees all again. */
  async healed(): Promise<number> {
    const running = this.#running()
    const mark = `bench-${this.#events - 1}`
    const names = this.#fleet.daemons.flatMap(({ name, process }) => (process.ended === undefined ? [name] : []))
    const alive = ['ok', 'warn', 'fail']
    return this.#watchers.until(
      'all hold what was said and are seen',
      () =>
        running.every(({ events }) => has(events, mark) !== undefined) &&
        names.every((name) => alive.includes(this.#fleet.view.picture?.nodes.get(name)?.state ?? 'unknown')),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#fleet.close()
  }

  async #label(value: string): Promise<void> {
    const { id } = this.#fleet.view.node(this.#fleet.daemons[0]?.name ?? '')
    const answer = await this.#fleet.station.request(`/api/v1/nodes/${id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ labels: { bench: value } }),
    })
    if (answer.status !== 200)
      throw new FleetError('INTERNAL', `the station does not take a label: ${answer.status} ${answer.text()}`)
  }

  #running(): Told[] {
    return this.#told.filter((_, index) => this.#fleet.daemons[index]?.process.ended === undefined)
  }
}

/** When the change to this value came. The one after it names the value too, as what was replaced. */
function has(events: ReadonlyMap<string, number>, mark: string): number | undefined {
  const change = new RegExp(`→ \\W*${mark}\\b`)
  for (const [text, atMs] of events) if (change.test(text)) return atMs
  return undefined
}

function note(told: Told, { text, at }: LabLine): void {
  if (text.includes('"msg":"member of a fleet"')) told.listening = true
  if (text.includes('"msg":"a member is heard"')) {
    const member = /"member":"([^"]+)"/.exec(text)?.[1]
    if (member !== undefined) told.heard.add(member)
  }
  if (text.includes('"msg":"a fleet event"')) told.events.set(text, at)
}
