import { FleetError } from '@wrale/kernel'
import { z } from 'zod'
import { portName } from './naming.ts'

/** Frames and their bytes with the 14-byte Ethernet header, as an interface counts them (so without preamble and FCS). */
export interface Traffic {
  readonly bytes: number
  readonly packets: number
}

/**
 * What one node has sent and received since it was made. Received is what reached it: frames lost on the way do not count.
 * A packet is what the kernel hands over as one: several TCP segments of bulk data may count as one.
 */
export interface NodeCounters {
  readonly sent: Traffic
  readonly received: Traffic
  /** The part that is UDP to 224.0.0.251:5353. */
  readonly mdns: { readonly sent: Traffic; readonly received: Traffic }
}

const ethernetHeaderBytes = 14
const traffic = z.object({ bytes: z.number(), packets: z.number() })
const links = z.array(
  z.object({ ifname: z.string().optional(), stats64: z.object({ rx: traffic, tx: traffic }).optional() }),
)
const ruleset = z.object({ nftables: z.array(z.object({ counter: traffic.extend({ name: z.string() }).optional() })) })

/** Rules that count mDNS at the switch; kept apart from the faults so that a change of those does not reset a counter. */
export function mdnsCountingTable(): string {
  const hooks = ['prerouting', 'postrouting'].flatMap((hook) => [
    `  chain ${hook} {`,
    `    type filter hook ${hook} priority 0; policy accept;`,
    `    ip daddr 224.0.0.251 udp dport 5353 jump ${hook}_mdns`,
    '  }',
  ])
  // A chain must exist before a rule jumps to it.
  return [
    'table bridge traffic {',
    '  chain prerouting_mdns { }',
    '  chain postrouting_mdns { }',
    ...hooks,
    '}',
    '',
  ].join('\n')
}

export function mdnsCountingRules(index: number): string {
  const port = portName(index)
  return [
    `add counter bridge traffic sent_${port}`,
    `add counter bridge traffic received_${port}`,
    `add rule bridge traffic prerouting_mdns iifname "${port}" counter name "sent_${port}"`,
    `add rule bridge traffic postrouting_mdns oifname "${port}" counter name "received_${port}"`,
    '',
  ].join('\n')
}

/**
 * Counters by node number from the answers of `ip -s -j link show` and `nft -j list counters` at the switch. What a port
 * of the switch receives is what the node sent.
 */
export function readCounters(linkJson: string, nftJson: string): ReadonlyMap<number, NodeCounters> {
  const byCounter = new Map<string, Traffic>()
  for (const { counter } of parse(ruleset, nftJson, 'nft').nftables) {
    if (counter === undefined) continue
    const { name, bytes, packets } = counter
    byCounter.set(name, { packets, bytes: bytes + packets * ethernetHeaderBytes })
  }
  const none: Traffic = { bytes: 0, packets: 0 }
  const result = new Map<number, NodeCounters>()
  for (const link of parse(links, linkJson, 'ip')) {
    const index = Number(/^p(\d+)$/.exec(link.ifname ?? '')?.[1])
    if (Number.isNaN(index) || link.stats64 === undefined) continue
    const port = portName(index)
    result.set(index, {
      sent: link.stats64.rx,
      received: link.stats64.tx,
      mdns: { sent: byCounter.get(`sent_${port}`) ?? none, received: byCounter.get(`received_${port}`) ?? none },
    })
  }
  return result
}

function parse<T>(schema: z.ZodType<T>, json: string, tool: string): T {
  try {
    return schema.parse(JSON.parse(json))
  } catch (cause) {
    throw new FleetError('LAB_UNSUPPORTED', `${tool} answered with counters in an unknown form`, { tool }, { cause })
  }
}
