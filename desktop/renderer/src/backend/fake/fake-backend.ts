import { FleetError } from '@wrale/kernel'
import { metricCatalogue, type MetricName, metricNames } from '@wrale/protocol'
import type { Fleet, Node as FleetNode, NodeDetail } from '@wrale/protocol/api'
import type { Backend, FleetObserver } from '../backend.ts'
import { fakeControl } from './fake-control.ts'
import { fakeMembership } from './fake-membership.ts'
import { fakeObjects } from './fake-objects.ts'
import { fakeObservations } from './fake-observations.ts'
import { fakeFleet, fakeId, fakeName, fakeNode, fakeReadings, type Mood } from './fleet.ts'

export interface FakeOptions {
  readonly count: number
  readonly mood: Mood
  readonly stationLink: Fleet['station']['link']
  /** `lost`: the link to the station breaks after two seconds and stays broken. `never`: it never comes up. */
  readonly pageLink: 'live' | 'lost' | 'never' | 'signedOut'
  /** Nodes that join while one watches, one every three seconds. */
  readonly joining: number
}

const tickMs = 1000
const historySteps = 300

/** A fleet that exists in this page only: for development, screenshots and tests of the screens. */
export function fakeBackend({ count, mood, stationLink, pageLink, joining }: FakeOptions): Backend {
  const startMs = Date.now()
  const indexes = Array.from({ length: mood === 'empty' ? 0 : count }, (_, index) => index)
  let nodes = new Map<string, FleetNode>(
    indexes.map((index) => [fakeId(index), fakeNode(index, count, mood, startMs, startMs)]),
  )
  const all = (): readonly FleetNode[] => [...nodes.values()]
  const objects = fakeObjects(all, startMs)
  const fleetNow = (): Fleet => ({ ...fakeFleet(all(), stationLink, startMs), revision: objects.revision() })
  const unreachable = new FleetError('UNAVAILABLE', 'the connection to the station broke')
  const indexOf = (id: string): number =>
    Array.from({ length: count + joining }, (_, index) => index).find((index) => fakeId(index) === id) ?? -1

  const watch = (observer: FleetObserver): ReturnType<Backend['watch']> => {
    const timers: ReturnType<typeof setTimeout>[] = []
    let live = false
    const breakLink = (): void => {
      live = false
      observer.onLink({ phase: 'waiting', retryAtMs: Date.now() + 8000, attempt: 3, error: unreachable })
    }
    observer.onLink({ phase: 'connecting' })
    timers.push(
      setTimeout(() => {
        if (pageLink === 'signedOut')
          return observer.onLink({ phase: 'signedOut', error: new FleetError('UNAUTHENTICATED', 'Sign in first.') })
        if (pageLink === 'never') return breakLink()
        live = true
        observer.onLink({ phase: 'live' })
        observer.onEvent({
          type: 'snapshot',
          at: new Date().toISOString(),
          fleet: fleetNow(),
          nodes: all().map(objects.described),
        })
        if (pageLink === 'lost') timers.push(setTimeout(breakLink, 2000))
      }, 60),
    )
    const beat = setInterval(() => {
      if (!live) return
      const nowMs = Date.now()
      const turn = Math.floor(nowMs / tickMs)
      const changed: FleetNode[] = []
      const total = count + Math.min(joining, Math.floor((nowMs - startMs) / 3000))
      for (let index = 0; index < (mood === 'empty' ? 0 : total); index += 1) {
        const known = nodes.get(fakeId(index))
        if (known === undefined || ((index + turn) % 5 === 0 && !['lost', 'stale', 'unknown'].includes(known.state))) {
          changed.push(fakeNode(index, count, mood, startMs, nowMs))
        }
      }
      nodes = new Map([...nodes, ...changed.map((node): [string, FleetNode] => [node.id, node])])
      observer.onEvent({
        type: 'changed',
        at: new Date(nowMs).toISOString(),
        fleet: fleetNow(),
        nodes: changed.map(objects.described),
        removed: [],
      })
    }, tickMs)
    return {
      retry: () => observer.onLink({ phase: 'waiting', retryAtMs: undefined, attempt: 4, error: unreachable }),
      stop() {
        clearInterval(beat)
        for (const timer of timers) clearTimeout(timer)
      },
    }
  }

  const find = (id: string): FleetNode => {
    const node = nodes.get(id)
    if (node === undefined) throw new FleetError('NOT_FOUND', 'No node has this id.')
    return node
  }

  return {
    kind: 'browser',
    watch,
    ...fakeMembership(all, startMs),
    ...objects,
    ...fakeObservations(all, startMs),
    nodeDetail: async (id) => ({ ...detailOf(objects.described(find(id))), notes: objects.notes(id) }),
    async metrics(id, { fromMs, toMs, stepSeconds }) {
      const node = find(id)
      const step = Math.max(1, stepSeconds ?? Math.round((toMs - fromMs) / 1000 / historySteps))
      const lastMs = node.lastSeen === null ? 0 : Date.parse(node.lastSeen)
      const names = metricNames.filter((name) => node.readings[name] !== undefined)
      const points = new Map<MetricName, [number, number][]>(names.map((name) => [name, []]))
      for (
        let atMs = Math.ceil(fromMs / (step * 1000)) * step * 1000;
        atMs <= Math.min(toMs, lastMs);
        atMs += step * 1000
      ) {
        if (step < 5 && (atMs / 1000) % 5 >= step) continue
        if (inFakeGap(atMs, startMs)) continue
        const readings = fakeReadings(indexOf(id), node.state, atMs)
        for (const name of names) {
          const value = readings[name]
          if (value !== undefined) points.get(name)?.push([atMs, value])
        }
      }
      return {
        from: new Date(fromMs).toISOString(),
        to: new Date(toMs).toISOString(),
        stepSeconds: step,
        series: names.map((metric) => ({
          metric,
          unit: metricCatalogue[metric].unit,
          points: points.get(metric) ?? [],
        })),
      }
    },
    control: fakeControl(find, (id) => objects.notes(id).thermal, startMs),
    session: async () => ({ kind: 'browser', since: new Date(startMs).toISOString(), expiresAt: null }),
    async signIn(code) {
      if (code === 'used') throw new FleetError('TOKEN_USED_UP', 'This link has signed in a browser already.')
      if (code === 'expired') throw new FleetError('TOKEN_EXPIRED', 'This link is older than ten minutes.')
      return { kind: 'browser', since: new Date().toISOString(), expiresAt: null }
    },
    signOut: async () => undefined,
    createSignInLink: async () => ({
      url: `${location.origin}/sign-in#code=example`,
      expiresAt: new Date(Date.now() + 600_000).toISOString(),
    }),
  }
}

/** Four minutes without data, some minutes before the start. */
function inFakeGap(atMs: number, startMs: number): boolean {
  return atMs > startMs - 9 * 60_000 && atMs < startMs - 6.5 * 60_000
}

function detailOf(node: FleetNode): NodeDetail {
  const { readings } = node
  const links = [0, 1, 2, 4].filter((index) => fakeId(index) !== node.id).slice(0, 3)
  if (node.state === 'unknown') return { ...node, links: [] }
  return {
    ...node,
    inventory: {
      name: node.name,
      simulated: node.simulated,
      software: '0.1.0',
      hardware: {
        model: node.model ?? 'unknown',
        serial: '10000000a5b6c7d8',
        architecture: 'arm64',
        cores: 4,
        memoryBytes: readings.memoryTotalBytes ?? 4.1e9,
        diskBytes: 31.2e9,
      },
      system: {
        hostname: node.name,
        os: 'Debian GNU/Linux 13 (trixie)',
        kernel: '6.12.47+rpt-rpi-2712',
        node: '24.11.0',
      },
      addresses: ['/ip4/192.168.1.41/tcp/4001', '/ip6/fe80::2ecf:67ff:fe01:2/tcp/4001'],
      parts: [
        { name: 'CPU thermal zone', present: true, detail: 'cpu-thermal' },
        {
          name: 'Fan',
          present: readings.fanRpm !== undefined,
          ...(readings.fanRpm === undefined ? {} : { detail: 'pwm-fan, tachometer' }),
        },
        { name: 'Power monitor', present: true, detail: 'INA219 at 0x40' },
        {
          name: 'Battery gauge',
          present: readings.batteryRatio !== undefined,
          ...(readings.batteryRatio === undefined ? {} : { detail: 'MAX17048 at 0x36' }),
        },
        { name: 'Tamper switch', present: false },
      ],
    },
    links:
      node.state === 'lost'
        ? []
        : links.map((index) => ({
            peer: fakeId(index),
            name: fakeName(index),
            role: 'node' as const,
            rttMs: 1.1 + index,
          })),
  }
}
