import { metricCatalogue, type MetricDefinition, metricNames } from '@wrale/protocol'
import type { Counters } from '../counters.ts'
import type { NodeView } from '../node-view.ts'
import type { MetricFamily, Sample } from './exposition.ts'

/** Everything that /metrics tells: what the board measures, what the daemon did, and what it costs. */
export function metricFamilies(view: NodeView, counters: Counters): readonly MetricFamily[] {
  return [...boardFamilies(view), ...fleetFamilies(view, counters), ...processFamilies(view)]
}

function boardFamilies(view: NodeView): readonly MetricFamily[] {
  const readings = view.latest()?.observation.readings ?? {}
  return metricNames.map((metric) => {
    const { label, prometheus, counts }: MetricDefinition = metricCatalogue[metric]
    const value = readings[metric]
    const type = counts === true ? 'counter' : 'gauge'
    return { name: prometheus, help: `${label}.`, type, samples: value === undefined ? [] : [{ value }] }
  })
}

function fleetFamilies(view: NodeView, { published, received, incidents }: Counters): readonly MetricFamily[] {
  const verdict = view.latest()?.verdict
  const members = view.members()
  const states = ['ok', 'warn', 'fail'] as const
  const refused = [...view.refusedReadings()].map(([metric, value]) => ({ labels: { metric }, value }))
  return [
    gauge('wrale_edge_info', 'The daemon; the value is always 1.', [
      {
        labels: { id: view.id, name: view.name(), version: view.software, simulated: String(view.simulated) },
        value: 1,
      },
    ]),
    gauge(
      'wrale_node_state',
      'State of the node: 1 for the state that it is in.',
      verdict === undefined
        ? []
        : states.map((state) => ({ labels: { state }, value: verdict.state === state ? 1 : 0 })),
    ),
    gauge('wrale_member', 'Whether the node is a member of a fleet.', [
      { value: view.standing().standing === 'member' ? 1 : 0 },
    ]),
    gauge('wrale_storage_failing', 'Whether nothing can be stored at the moment.', [
      { value: view.storageProblem() === undefined ? 0 : 1 },
    ]),
    gauge('wrale_peers', 'Members to which the node is linked.', [{ value: view.peers().length }]),
    gauge('wrale_members', 'Other members that the node knows of, linked or not.', [{ value: members.length }]),
    gauge('wrale_members_heard', 'Other members of which the node holds records.', [
      { value: members.filter(({ heardMsAgo }) => heardMsAgo !== null).length },
    ]),
    counter(
      'wrale_records_published_total',
      'Records that the node wrote, by kind.',
      labelled('kind', published.entries()),
    ),
    counter(
      'wrale_records_received_total',
      'Records that peers sent, by what they were worth.',
      labelled('verdict', received.entries()),
    ),
    counter(
      'wrale_security_incidents_total',
      'Peers that asked for more than they may have, by kind.',
      labelled('kind', incidents.entries()),
    ),
    counter('wrale_readings_refused_total', 'Readings that no sensor in order can give, by metric.', refused),
  ]
}

/** Names as the Prometheus client libraries have them. */
function processFamilies(view: NodeView): readonly MetricFamily[] {
  const { user, system } = process.cpuUsage()
  return [
    gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', [{ value: process.memoryUsage.rss() }]),
    counter('process_cpu_seconds_total', 'User and system CPU time spent in seconds.', [
      { value: (user + system) / 1e6 },
    ]),
    gauge('process_start_time_seconds', 'Start time of the process since the Unix epoch in seconds.', [
      { value: view.startedAtMs / 1000 },
    ]),
  ]
}

function labelled(label: string, counts: Iterable<[string, number]>): readonly Sample[] {
  return [...counts].map(([name, value]) => ({ labels: { [label]: name }, value }))
}

function gauge(name: string, help: string, samples: readonly Sample[]): MetricFamily {
  return { name, help, type: 'gauge', samples }
}

function counter(name: string, help: string, samples: readonly Sample[]): MetricFamily {
  return { name, help, type: 'counter', samples }
}
