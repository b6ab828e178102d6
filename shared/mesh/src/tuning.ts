/** What can be turned; the defaults suit a fleet of up to 64 members on a local network. Times are milliseconds. */
export interface MeshTuning {
  /** In which a new connection must have said a valid hello. */
  readonly helloDeadlineMs: number
  /** In which an enrolment must be through, once begun. */
  readonly enrolDeadlineMs: number
  /** Most members that are admitted at once. */
  readonly maxPeers: number
  /** Most connections that wait for their hello at once; the one that waited longest makes room for a new one. */
  readonly maxPending: number
  /** Mean time after which a silent connection is pinged; each is up to a third shorter or longer. */
  readonly silenceMs: number
  /** Past which a ping that was not answered ends the connection. */
  readonly pingDeadlineMs: number
  /** In which records that are written shortly after one another go into one gossip message. */
  readonly batchWindowMs: number
  /** Mean time between looking whether every peer can be pushed to. */
  readonly repairMs: number
  /** So long after push to a peer began to work, a second pull fetches what the peer wrote in between. */
  readonly settleMs: number
  /** So long after admission at the latest. */
  readonly unsettledMs: number
  /** Mean time that records which came by a pull have to come by a push too, before the other peers are told of them. */
  readonly newsMs: number
  /** Mean time between two pulls from a random peer. */
  readonly syncIntervalMs: number
  /** In which one pull must be through. */
  readonly syncDeadlineMs: number
  /** Head start of the member with the lower id when both discover each other, so that one connection comes about, not two. */
  readonly dialCourtesyMs: number
}

export const defaultTuning: MeshTuning = {
  helloDeadlineMs: 5000,
  enrolDeadlineMs: 10_000,
  maxPeers: 64,
  maxPending: 128,
  silenceMs: 7500,
  pingDeadlineMs: 4000,
  batchWindowMs: 20,
  repairMs: 10_000,
  settleMs: 100,
  unsettledMs: 2000,
  newsMs: 1000,
  syncIntervalMs: 60_000,
  syncDeadlineMs: 10_000,
  dialCourtesyMs: 600,
}

/** A station has more memory, and everybody to look after. */
export const stationTuning: MeshTuning = { ...defaultTuning, maxPeers: 256 }

/** `meanMs`, up to a third shorter or longer, so that members do not fall into step. */
export function jittered(meanMs: number, random: () => number = Math.random): number {
  return meanMs * (2 / 3 + (2 / 3) * random())
}
