import {
  healthReasonSchema,
  healthStateSchema,
  type MetricName,
  metricNames,
  metricNameSchema,
  peerIdSchema,
  readingsSchema,
} from '@wrale/protocol'
import { simulatedFaultSchema } from '@wrale/protocol/config'
import { z } from 'zod'
import type { Observation } from '../../features/telemetry/telemetry.ts'
import type { NodeView } from '../node-view.ts'

const placeFields = { fleet: z.string(), fleetName: z.string(), name: z.string() }

/** What `wrale-edge status` shows and `--json` prints. */
export const statusReportSchema = z.object({
  id: peerIdSchema,
  name: z.string(),
  software: z.string(),
  pid: z.number().int(),
  startedAt: z.iso.datetime(),
  stateDirectory: z.string(),
  configFile: z.string().nullable(),
  /** Why its files as they are now cannot be used, and what of them holds only after a restart. */
  configuration: z.object({ problem: z.string().optional(), needsRestart: z.array(z.string()) }),
  simulated: z.boolean(),
  faults: z.array(simulatedFaultSchema),
  /** Null before the first sample. */
  state: healthStateSchema.nullable(),
  reasons: z.array(healthReasonSchema),
  readings: readingsSchema,
  powerSource: z.enum(['mains', 'battery']).optional(),
  /** Lowest and highest of each reading in the last `seconds`. */
  recent: z.object({
    seconds: z.number(),
    range: z.partialRecord(metricNameSchema, z.tuple([z.number(), z.number()])),
  }),
  membership: z.discriminatedUnion('standing', [
    z.object({
      standing: z.literal('unclaimed'),
      /** What an operator enters at a station to take this node in. */
      claimCode: z.string(),
      refused: z.object({ code: z.string(), message: z.string() }).optional(),
    }),
    z.object({ standing: z.literal('enrolling'), fleet: z.string() }),
    z.object({ standing: z.literal('member'), ...placeFields }),
    z.object({ standing: z.literal('revoked'), reason: z.string().nullable(), ...placeFields }),
  ]),
  addresses: z.array(z.string()),
  peers: z.array(
    z.object({
      id: peerIdSchema,
      name: z.string(),
      role: z.enum(['node', 'station']),
      software: z.string(),
      address: z.string(),
      rttMs: z.number().optional(),
      /** Peer's clock minus this node's, ms. */
      clockErrorMs: z.number(),
    }),
  ),
  /** Every other member that it knows of, linked or not. */
  members: z.array(
    z.object({
      id: peerIdSchema,
      name: z.string(),
      role: z.enum(['node', 'station']),
      /** How long ago it was last heard, ms; null when nothing of it is held. */
      heardMsAgo: z.number().nullable(),
    }),
  ),
  /** Hash of the records that it holds: equal on members that hold the same. Null before it is a member. */
  digest: z.string().nullable(),
  /** Fleet time, and this machine's clock minus it, ms. Null while neither is known. */
  fleetTime: z.object({ at: z.iso.datetime(), ownErrorMs: z.number() }).nullable(),
  http: z.object({ host: z.string(), port: z.number(), url: z.string() }).nullable(),
})
export type StatusReport = z.infer<typeof statusReportSchema>

export function makeStatusReport(view: NodeView): StatusReport {
  const judged = view.latest()
  const powerSource = judged?.observation.powerSource
  const http = view.http()
  const fleetTime = view.fleetTime()
  return {
    id: view.id,
    name: view.name(),
    software: view.software,
    pid: process.pid,
    startedAt: new Date(view.startedAtMs).toISOString(),
    stateDirectory: view.stateDirectory,
    configFile: view.configFile,
    configuration: configurationOf(view),
    simulated: view.simulated,
    faults: [...view.faults()],
    state: judged?.verdict.state ?? null,
    reasons: [...(judged?.verdict.reasons ?? [])],
    readings: judged?.observation.readings ?? {},
    ...(powerSource === undefined ? {} : { powerSource }),
    recent: recentOf(view.recent()),
    membership: view.standing(),
    addresses: [...view.addresses()],
    members: [...view.members()],
    digest: view.digest(),
    fleetTime:
      fleetTime === undefined
        ? null
        : { at: new Date(fleetTime.wallMs).toISOString(), ownErrorMs: Math.round(fleetTime.ownErrorMs) },
    peers: view.peers().map(({ certificate: _certificate, ...peer }) => peer),
    http:
      http === null
        ? null
        : { ...http, url: `http://${http.host.includes(':') ? `[${http.host}]` : http.host}:${http.port}` },
  }
}

function configurationOf(view: NodeView): StatusReport['configuration'] {
  const { problem, needsRestart } = view.configuration()
  return { needsRestart: [...needsRestart], ...(problem === undefined ? {} : { problem }) }
}

function recentOf(observations: readonly Observation[]): StatusReport['recent'] {
  const first = observations[0]
  const last = observations.at(-1)
  const range: Partial<Record<MetricName, [number, number]>> = {}
  for (const metric of metricNames) {
    const values = observations.map(({ readings }) => readings[metric]).filter((value) => value !== undefined)
    if (values.length > 0) range[metric] = [Math.min(...values), Math.max(...values)]
  }
  const seconds = first === undefined || last === undefined ? 0 : Math.round((last.atMs - first.atMs) / 100) / 10
  return { seconds, range }
}
