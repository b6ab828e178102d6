import type { PeerIdText } from '@wrale/protocol'
import type { Fleet, Node as FleetNode } from '@wrale/protocol/api'

const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ'

/** A valid PeerId made from a number. */
export function idOf(index: number): PeerIdText {
  const tail = String(index)
    .padStart(8, '0')
    .replaceAll(/\d/g, (digit) => letters.charAt(Number(digit)))
  return `12D3KooW${'1'.repeat(36)}${tail}` as PeerIdText
}

export const nowMs = Date.parse('2026-11-23T12:00:00.000Z')

export function secondsAgo(seconds: number): string {
  return new Date(nowMs - seconds * 1000).toISOString()
}

/** A node that is well, unless told otherwise. */
export function nodeOf(index: number, change: Partial<FleetNode> = {}): FleetNode {
  return {
    id: idOf(index),
    name: `node-${index}`,
    state: 'ok',
    stateSince: secondsAgo(3600),
    reasons: [],
    lastSeen: secondsAgo(2),
    seenBy: [],
    readings: {},
    simulated: true,
    intervalMs: 5000,
    ...change,
  }
}

export function fleetOf(nodes: readonly FleetNode[], link: Fleet['station']['link'] = 'up'): Fleet {
  return {
    id: idOf(999) as unknown as Fleet['id'],
    name: 'Test fleet',
    station: {
      id: idOf(998),
      name: 'office',
      software: '0.1.0',
      startedAt: secondsAgo(7200),
      link,
      peers: 3,
      addresses: [],
    },
    counts: { ok: nodes.length, warn: 0, fail: 0, stale: 0, lost: 0, unknown: 0 },
  }
}
