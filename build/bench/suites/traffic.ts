import { setTimeout as sleep } from 'node:timers/promises'
import { startFleet } from '../../lab/fleet/index.ts'
import type { NodeCounters } from '../../lab/src/index.ts'
import type { BenchContext } from '../context.ts'

const nodes = 10
const settleMs = 20_000
const windowMs = 60_000

/** Bytes that an idle node sends and receives in a fleet of ten, Ethernet headers included, and what of it is multicast DNS. */
export async function traffic({ report, note, skip }: BenchContext): Promise<void> {
  await using fleet = await startFleet({ nodes })
  const { lab } = fleet
  if (lab?.kind !== 'netns') return skip('bytes per node are counted in network namespaces only')
  await sleep(settleMs)
  const before = await lab.counters()
  const startedAtMs = performance.now()
  await sleep(windowMs)
  const after = await lab.counters()
  const seconds = (performance.now() - startedAtMs) / 1000

  const stationIndex = 1
  const perSecond = (pick: (counters: NodeCounters) => number): number[] =>
    [...after].flatMap(([index, counters]) => {
      const earlier = before.get(index)
      return earlier === undefined || index === stationIndex ? [] : [(pick(counters) - pick(earlier)) / seconds]
    })
  const sent = perSecond((counters) => counters.sent.bytes)
  const received = perSecond((counters) => counters.received.bytes)
  const mdnsSent = perSecond((counters) => counters.mdns.sent.bytes)
  const mdnsReceived = perSecond((counters) => counters.mdns.received.bytes)
  note(`${nodes} idle simulated nodes and a station, over ${windowMs / 1000} s`)
  report({ name: 'traffic.sent', unit: 'B/s', samples: sent })
  report({ name: 'traffic.received', unit: 'B/s', samples: received })
  report({ name: 'traffic.packets-sent', unit: '1/s', samples: perSecond((counters) => counters.sent.packets) })
  report({ name: 'traffic.mdns.sent', unit: 'B/s', samples: mdnsSent })
  report({ name: 'traffic.mdns.received', unit: 'B/s', samples: mdnsReceived })
  const shares = sent.map((bytes, index) => (mdnsSent[index] ?? 0) / bytes)
  report({ name: 'traffic.mdns.share-of-sent', unit: 'ratio', samples: shares })
}
