import { type MetricName, metricCatalogue, metricNames, type MetricUnit } from '@wrale/protocol'
import type { StatusReport } from '../control/report.ts'
import { askStatus, type CommonOptions, print, printJson, stateDirectoryOf } from './common.ts'

/** `wrale-edge status`: what the running daemon measures, thinks and is linked to. */
export async function status(options: CommonOptions): Promise<void> {
  const report = await askStatus(stateDirectoryOf(options))
  if (options.json === true) printJson(report)
  else print(describeReport(report))
}

export function describeReport(report: StatusReport): string {
  const rows: [string, string][] = [
    ['node', `${report.name} (${report.id})`],
    ['state', report.state ?? 'no sample yet'],
    ...report.reasons.map(({ message, state }): [string, string] => ['', `${state}: ${message}`]),
    ['fleet', describeMembership(report.membership)],
    ['peers', report.peers.length === 0 ? 'none' : report.peers.map(describePeer).join(', ')],
    ['members', describeMembers(report.members)],
    ['clock', describeClock(report.fleetTime)],
    ['power', report.powerSource ?? 'not known'],
    ...metricNames.flatMap((metric): [string, string][] => {
      const value = report.readings[metric]
      return value === undefined ? [] : [[metricCatalogue[metric].label.toLowerCase(), formatReading(metric, value)]]
    }),
    ['endpoints', report.http === null ? 'none' : report.http.url],
    ['version', `${report.software}${report.simulated ? ', simulated board' : ''}, pid ${report.pid}`],
    ['state folder', report.stateDirectory],
  ]
  const { problem, needsRestart } = report.configuration
  if (problem !== undefined) rows.push(['configuration', `not usable, the last good one holds: ${problem}`])
  if (needsRestart.length > 0) rows.push(['needs a restart', needsRestart.join(', ')])
  if (report.faults.length > 0) rows.push(['faults', report.faults.join(', ')])
  const width = Math.max(...rows.map(([label]) => label.length)) + 2
  return rows.map(([label, text]) => `${label.padEnd(width)}${text}`).join('\n')
}

function describeMembership(membership: StatusReport['membership']): string {
  switch (membership.standing) {
    case 'member':
      return `${membership.fleetName} (as ${membership.name})`
    case 'revoked':
      return `${membership.fleetName}, which put this node out${membership.reason === null ? '' : `: ${membership.reason}`}`
    case 'enrolling':
      return `joining ${membership.fleet}`
    case 'unclaimed': {
      const why =
        membership.refused === undefined ? '' : `, refused: ${membership.refused.code}: ${membership.refused.message}`
      return `none${why}; claim code ${membership.claimCode}, or \`wrale-edge join TOKEN\``
    }
  }
}

function describeMembers(members: StatusReport['members']): string {
  const heard = members.filter(({ heardMsAgo }) => heardMsAgo !== null).length
  return members.length === 0 ? 'none known' : `${members.length} others known, the status of ${heard} held`
}

/** Below this the clocks agree as well as anybody needs, ms. */
const clockToleranceMs = 2000

function describeClock(time: StatusReport['fleetTime']): string {
  if (time === null) return 'not compared with other members yet'
  const seconds = Math.round(Math.abs(time.ownErrorMs) / 1000)
  if (Math.abs(time.ownErrorMs) < clockToleranceMs) return 'as the fleet’s'
  return `${seconds} s ${time.ownErrorMs < 0 ? 'behind' : 'ahead of'} the fleet’s, which is ${time.at}`
}

function describePeer({ name, role, rttMs }: StatusReport['peers'][number]): string {
  const details = [role, ...(rttMs === undefined ? [] : [`${rttMs.toFixed(1)} ms`])]
  return `${name} (${details.join(', ')})`
}

const formats: Record<MetricUnit, (value: number) => string> = {
  celsius: (value) => `${value.toFixed(1)} °C`,
  ratio: (value) => `${(value * 100).toFixed(0)} %`,
  bytes: formatBytes,
  bytesPerSecond: (value) => `${formatBytes(value)}/s`,
  watts: (value) => `${value.toFixed(2)} W`,
  volts: (value) => `${value.toFixed(2)} V`,
  rpm: (value) => `${value.toFixed(0)} rpm`,
  seconds: (value) => `${value.toFixed(0)} s`,
  count: (value) => value.toFixed(2),
}

export function formatReading(metric: MetricName, value: number): string {
  return formats[metricCatalogue[metric].unit](value)
}

function formatBytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
  const step = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10))
  return `${(value / 1024 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step] ?? 'B'}`
}
