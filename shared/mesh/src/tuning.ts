/** What can be turned; the defaults suit fleets from two to a thousand members on a local network. Times are milliseconds. */
export interface MeshTuning {
  /** In which a new connection must have said a valid hello. */
  readonly helloDeadlineMs: number
  /** In which an enrolment must be through, once begun. */
  readonly enrolDeadlineMs: number
  /** Most members that are admitted at once, whatever they have to say. */
  readonly maxPeers: number
  /** Most connections that wait for their hello at once; the one that waited longest makes room for a new one. */
  readonly maxPending: number

  /** Links that a member dials for, when there are so many others. */
  readonly wantedLinks: number
  /** Links beyond which some are given up, gently. */
  readonly acceptedLinks: number
  /** Fleets of up to so many members link everyone with everyone. */
  readonly smallFleet: number
  /** Mean time between two exchanges of a link for another, so that the graph stays random. */
  readonly rotateMs: number
  /** Head start of the member with the lower id when both discover each other, so that one connection comes about, not two. */
  readonly dialCourtesyMs: number

  /** In which what is said shortly after something else on the same link goes into one frame. */
  readonly frameWindowMs: number
  /** Mean time in which records that were not pushed to a neighbour are told to one by their ids. */
  readonly tellMs: number
  /** How long a record of which only the id came may still be pushed before it is asked for. */
  readonly graftAfterMs: number

  /** Links on which a member shows life often. */
  readonly watchers: number
  /** Longest silence towards a watcher. */
  readonly watchedBeatMs: number
  /** Mean longest silence on the other links; each is up to a third shorter or longer. */
  readonly beatMs: number
  /** Past which a ping that nothing answered ends the link. */
  readonly pingDeadlineMs: number

  /** Mean time that records which came by a pull have to come by a push too, before the other peers are told of them. */
  readonly newsMs: number
  /** So long after a link opens, a second pull fetches what was written while the first was under way. */
  readonly settleMs: number
  /** Mean time between two pulls from a random peer. */
  readonly syncIntervalMs: number
  /** In which one pull must be through. */
  readonly syncDeadlineMs: number
}

export const defaultTuning: MeshTuning = {
  helloDeadlineMs: 5000,
  enrolDeadlineMs: 10_000,
  maxPeers: 32,
  maxPending: 128,
  wantedLinks: 8,
  acceptedLinks: 16,
  smallFleet: 12,
  rotateMs: 900_000,
  dialCourtesyMs: 600,
  frameWindowMs: 15,
  tellMs: 1500,
  graftAfterMs: 500,
  watchers: 2,
  watchedBeatMs: 2000,
  beatMs: 15_000,
  pingDeadlineMs: 2000,
  newsMs: 1000,
  settleMs: 1000,
  syncIntervalMs: 60_000,
  syncDeadlineMs: 10_000,
}

/** A station has more memory, and everybody to look after. */
export const stationTuning: MeshTuning = { ...defaultTuning, maxPeers: 288, wantedLinks: 64, acceptedLinks: 256 }

/** `meanMs`, up to a third shorter or longer, so that members do not fall into step. */
export function jittered(meanMs: number, random: () => number = Math.random): number {
  return meanMs * (2 / 3 + (2 / 3) * random())
}
