import { Simulation, type SimulationOptions, statusIntervalMs } from './simulation.ts'

/**
 * Starts a fleet and lets it settle.
 * @param forMs how long; default until everyone has told of its links, and links in excess have been given up
 */
export async function settledFleet(options: SimulationOptions, forMs?: number): Promise<Simulation> {
  const fleet = new Simulation(options)
  await fleet.start(forMs ?? 20_000 + 1.1 * statusIntervalMs(options.members))
  return fleet
}

export interface Dissemination {
  /** Time until each member had each record, ms, in order; of those that had it when the watch ended. */
  readonly delaysMs: readonly number[]
  /** Members times records that did not have it by then. */
  readonly missing: number
}

/** Members write events, one after another; each is watched for `watchMs`. */
export async function measureDissemination(
  fleet: Simulation,
  { events, watchMs }: { readonly events: number; readonly watchMs: number },
): Promise<Dissemination> {
  const arrivals: Array<number | undefined> = []
  for (let event = 0; event < events; event++) {
    const one = fleet.writeEvent((event * 37) % fleet.members.length)
    await fleet.pass(watchMs)
    arrivals.push(...one)
  }
  const delaysMs = arrivals.filter((delay) => delay !== undefined).toSorted((a, b) => a - b)
  return { delaysMs, missing: arrivals.length - delaysMs.length }
}

export interface SteadyTraffic {
  /** What each node sent, stations left out, bytes a second on the wire. */
  readonly nodeBytesPerSecond: readonly number[]
  readonly nodePacketsPerSecond: readonly number[]
  readonly stationBytesPerSecond: readonly number[]
  /** Links of each node. */
  readonly nodeLinks: readonly number[]
}

/** What members send when nothing happens but what always does. */
export async function measureTraffic(fleet: Simulation, forMs: number): Promise<SteadyTraffic> {
  const before = fleet.traffic()
  await fleet.pass(forMs)
  const perSecond = fleet.traffic().map((after, index) => ({
    bytes: ((after.bytesSent - (before[index]?.bytesSent ?? 0)) / forMs) * 1000,
    packets: ((after.packetsSent - (before[index]?.packetsSent ?? 0)) / forMs) * 1000,
  }))
  const { stations } = fleet
  const nodeLinks = fleet.members.slice(stations).map(({ transport }) => transport.links().length)
  return {
    nodeBytesPerSecond: perSecond.slice(stations).map(({ bytes }) => bytes),
    nodePacketsPerSecond: perSecond.slice(stations).map(({ packets }) => packets),
    stationBytesPerSecond: perSecond.slice(0, stations).map(({ bytes }) => bytes),
    nodeLinks,
  }
}

export interface Detection {
  /** From the pulled plug until a first member had ended its link, ms. */
  readonly firstMs: number
  /** Until the last had; Infinity when one still stood when the watch ended. */
  readonly lastMs: number
  /** Links between other members that were lost meanwhile without being given up. */
  readonly falseAlarms: number
}

const stepMs = 100
const longestWatchMs = 30_000

/** Nodes are unplugged one after another, each at another moment, and plugged in again. */
export async function measureDetection(fleet: Simulation, rounds: number): Promise<Detection[]> {
  const found: Detection[] = []
  for (let round = 0; round < rounds; round++) {
    const victim = fleet.stations + ((round * 41) % (fleet.members.length - fleet.stations))
    const id = fleet.id(victim)
    let falseAlarms = 0
    const watches = fleet.members.map(({ mesh }, index) =>
      mesh.peerLost.subscribe((peer) => {
        if (index !== victim && peer.id !== id && !peer.givenUp) falseAlarms++
      }),
    )
    const linked = fleet.linkedTo(victim).length
    fleet.network.unplug(id)
    let firstMs = Infinity
    let lastMs = Infinity
    for (let ms = stepMs; ms <= longestWatchMs && lastMs === Infinity; ms += stepMs) {
      await fleet.pass(stepMs)
      const left = fleet.linkedTo(victim).length
      if (left < linked && firstMs === Infinity) firstMs = ms
      if (left === 0) lastMs = ms
    }
    for (const unsubscribe of watches) unsubscribe()
    found.push({ firstMs, lastMs, falseAlarms })
    fleet.network.plug(id)
    await fleet.pass(20_000 + 137 * round)
  }
  return found
}

export interface Healing {
  /** From the cut until no link led from one half to the other, ms. */
  readonly noticedMs: number
  /** From the end of the cut until everyone had what was written on both sides, ms; Infinity when someone had not when the watch ended. */
  readonly healedMs: number
}

/** The fleet is split into halves, both write, and the halves come together again. */
export async function measureHealing(fleet: Simulation, splitMs: number): Promise<Healing> {
  const members = fleet.members.length
  const halves = [0, 1].map((side) =>
    Array.from({ length: members }, (_, index) => index).filter((index) => index % 2 === side),
  )
  fleet.network.partition(...halves.map((half) => half.map((index) => fleet.id(index))))
  const across = (): boolean =>
    (halves[0] ?? []).some((index) => fleet.linkedTo(index).some((other) => other % 2 !== index % 2))
  let noticedMs = Infinity
  const writes: Array<ReadonlyArray<number | undefined>> = []
  for (let ms = stepMs; ms <= splitMs; ms += stepMs) {
    await fleet.pass(stepMs)
    if (noticedMs === Infinity && !across()) noticedMs = ms
    if (ms % 5000 === 0) writes.push(fleet.writeEvent((ms / 5000) % members))
  }
  fleet.network.heal()
  let healedMs = Infinity
  for (let ms = stepMs; ms <= longestWatchMs && healedMs === Infinity; ms += stepMs) {
    await fleet.pass(stepMs)
    if (writes.every((arrivals) => !arrivals.includes(undefined))) healedMs = ms
  }
  return { noticedMs, healedMs }
}
