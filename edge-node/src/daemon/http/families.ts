import { metricCatalogue, type MetricDefinition, metricNames } from '@wrale/protocol'
import type { Counters } from '../counters.ts'
import type { NodeView } from '../node-view.ts'
import type { MetricFamily, Sample } from './exposition.ts'

/** Everything that /metrics tells: what the board measures, what the daemon did, and what it costs. */
export function metricFamilies(view: NodeView, counters: Counters): readonly MetricFamily[] {
  return [...boardFamilies(view), ...machineFamilies(view), ...fleetFamilies(view, counters), ...processFamilies(view)]
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

/** Lines, sensors, and what the safety policies make of them. */
function machineFamilies(view: NodeView): readonly MetricFamily[] {
  const { policies, demands, tamper, failing } = view.safety()
  const { bytesPerDay, dropped } = view.history()
  const lines = view
    .lines()
    .flatMap(({ name, level }) => (level === null ? [] : [{ labels: { line: name }, value: level === 'on' ? 1 : 0 }]))
  const sensors = view.sensors().flatMap(({ name, chip, readings }) =>
    Object.entries(readings).map(([quantity, { verdict }]) => ({
      labels: { sensor: name, chip, quantity },
      verdict,
    })),
  )
  return [
    gauge('wrale_gpio_line_on', 'Whether a GPIO line is on, after active-low, by line.', lines),
    gauge(
      'wrale_sensor_ok',
      'Whether what a sensor says can be believed, by sensor and quantity.',
      sensors.map(({ labels, verdict }) => ({ labels, value: verdict.status === 'ok' ? 1 : 0 })),
    ),
    gauge(
      'wrale_sensor_value',
      'What a sensor measures, in the unit that its quantity is named by.',
      sensors.flatMap(({ labels, verdict }) => (verdict.status === 'ok' ? [{ labels, value: verdict.value }] : [])),
    ),
    gauge(
      'wrale_safety_state',
      'State of each safety policy: 1 for the state that it is in.',
      policies.map(({ name, state }) => ({ labels: { policy: name, state }, value: 1 })),
    ),
    gauge('wrale_safety_fan_ratio', 'Duty that the safety policies ask of the fan.', [{ value: demands.fanDuty }]),
    gauge('wrale_safety_cpu_limit_ratio', 'Part of its speed that the policies leave the processor.', [
      { value: demands.cpuRatio },
    ]),
    gauge('wrale_safety_actuators_failing', 'Actuators that do not take what they are told.', [
      { value: failing.length },
    ]),
    gauge(
      'wrale_tamper_latched',
      'Signs of tampering that were seen and not reset, by sign.',
      tamper.latched.map((sign) => ({ labels: { sign }, value: 1 })),
    ),
    gauge('wrale_history_written_bytes_per_day', 'Written to disk by the history of measurements in a day.', [
      { value: bytesPerDay },
    ]),
    counter('wrale_history_samples_dropped_total', 'Samples that the history had to let go.', [{ value: dropped }]),
  ]
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
