import type { EventView, MeshView, Node as FleetNode } from '@wrale/protocol/api'
import type { ObservationPort } from '../operator-ports.ts'
import { fakeId, fakeStations } from './fleet.ts'
import { seeded } from './random.ts'

/** Who is linked to whom, and what happened. @param nodes of the fleet as they are now */
export function fakeObservations(nodes: () => readonly FleetNode[], startMs: number): ObservationPort {
  const past = fakeEvents(startMs, 160)
  return {
    mesh: async () => fakeMesh(nodes(), startMs),
    async events({ severity, name = '', member, cursor, limit = 100 }) {
      const all = [...newEvents(startMs), ...past].filter(
        (event) =>
          (severity === undefined || event.severity === severity) &&
          event.name.startsWith(name) &&
          (member === undefined || event.author.id === member || event.data?.['about'] === member),
      )
      const from = cursor === undefined ? 0 : all.findIndex(({ id }) => id === cursor) + 1
      const items = all.slice(from, from + limit)
      return { items, nextCursor: from + limit < all.length ? items.at(-1)?.id : undefined }
    },
  }
}

const wantedLinks = 8

function fakeMesh(nodes: readonly FleetNode[], startMs: number): MeshView {
  const nowMs = Date.now()
  const members: MeshView['members'] = [
    ...fakeStations.map(({ id, name }, index) => ({
      id,
      name,
      role: 'station' as const,
      state: 'ok' as const,
      self: index === 0,
      toldAt: new Date(nowMs - index * 1400).toISOString(),
    })),
    ...nodes.map(({ id, name, state, clockErrorMs, lastSeen }) => ({
      id,
      name,
      role: 'node' as const,
      state,
      self: false,
      ...(clockErrorMs === undefined ? {} : { clockErrorMs }),
      toldAt: lastSeen,
    })),
  ]
  const alive = members.filter(({ state }) => state !== 'lost' && state !== 'unknown')
  const pairs = new Map<string, MeshView['links'][number]>()
  for (const [index, member] of alive.entries()) {
    const random = seeded(index * 131 + 7)
    const degree = Math.min(alive.length - 1, wantedLinks / 2)
    for (let step = 0; step < degree; step += 1) {
      const peer = alive[alive.length <= 9 ? (index + step + 1) % alive.length : Math.floor(random() * alive.length)]
      if (peer === undefined || peer === member) continue
      const [a, b] = member.id < peer.id ? [member, peer] : [peer, member]
      const spread = random()
      const far = spread > 0.97 ? 140 : spread > 0.86 ? 28 : 1
      const rtt = far * (0.7 + random() * 2.1) + 0.15 * Math.sin(nowMs / 4000 + index)
      const oneSided = random() > 0.97
      pairs.set(`${a.id} ${b.id}`, {
        a: a.id,
        b: b.id,
        rttMsFromA: Math.max(0.2, rtt),
        ...(oneSided ? {} : { rttMsFromB: Math.max(0.2, rtt * (0.9 + random() * 0.2)) }),
        ...(random() > 0.94 ? { lossRatio: 0.12 } : { lossRatio: 0 }),
        oneSided,
      })
    }
  }
  return {
    at: new Date(Math.max(nowMs, startMs)).toISOString(),
    digest: '0f'.repeat(16),
    members,
    links: [...pairs.values()],
  }
}

type Kind = readonly [name: string, severity: EventView['severity'], message: string, data: EventView['data']]

const kinds: readonly [Kind, ...Kind[]] = [
  [
    'security.hello-refused',
    'warning',
    'Refused 14 connections of a stranger at 192.168.1.77: no certificate',
    { count: 14, address: '192.168.1.77', reason: 'no certificate', windowSeconds: 60 },
  ],
  ['member.claimed', 'info', 'gate-2 was claimed from office', { about: fakeId(11) }],
  ['node.clock-jumped', 'info', 'Its clock went from 1970 to fleet time', { fromMs: 0 }],
  [
    'security.identity-cloned',
    'critical',
    'Two boards answer with the key of yard-1: 192.168.1.41 and 192.168.1.77',
    { about: fakeId(9), addresses: ['192.168.1.41', '192.168.1.77'] },
  ],
  [
    'node.store-damaged',
    'critical',
    'The record store was damaged; it was set aside and fetched anew from 4 peers',
    { peers: 4 },
  ],
  [
    'security.penalty',
    'warning',
    'mast-1 sent 220 bad frames in 10 s and is not listened to for 5 min',
    { about: fakeId(4), frames: 220 },
  ],
  ['member.joined', 'info', 'pump-1 joined with the token “spring batch”', { about: fakeId(2) }],
]

function fakeEvents(startMs: number, count: number): EventView[] {
  return Array.from({ length: count }, (_, index) =>
    eventOf(index, startMs - 40_000 - index * index * 9000, 4000 - index),
  )
}

/** One more every twelve seconds. */
function newEvents(startMs: number): EventView[] {
  const count = Math.min(20, Math.floor((Date.now() - startMs) / 12_000))
  return Array.from({ length: count }, (_, index) =>
    eventOf(index * 5, startMs + (index + 1) * 12_000, 5000 + index),
  ).toReversed()
}

function eventOf(index: number, atMs: number, seq: number): EventView {
  const [name, severity, message, data] = kinds[index % kinds.length] ?? kinds[0]
  const author =
    index % 3 === 0
      ? fakeStations[0]
      : { id: fakeId(index % 5), name: ['roof-1', 'gate-1', 'pump-1', 'field-1', 'mast-1'][index % 5] ?? 'roof-1' }
  if (author === undefined) throw new Error('there are no stations')
  return {
    id: `${author.id}/${seq}`,
    at: new Date(atMs).toISOString(),
    author,
    name,
    severity,
    message,
    ...(data === undefined ? {} : { data }),
  }
}
