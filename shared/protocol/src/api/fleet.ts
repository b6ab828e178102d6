import { z } from 'zod'
import { fleetIdSchema, peerIdSchema } from '../ids.ts'
import { nodeSchema, nodeStateSchema, timestampSchema } from './node.ts'

/** The station itself and its own link: "your network is down" must be told apart from "nodes are down". */
export const stationSchema = z.object({
  id: peerIdSchema,
  name: z.string(),
  software: z.string(),
  startedAt: timestampSchema,
  /** `up`: linked to members. `alone`: a network is there but no member. `down`: no network interface but loopback has an address. */
  link: z.enum(['up', 'alone', 'down']),
  /** Members linked to this station now. */
  peers: z.number().int(),
  addresses: z.array(z.string()),
})
export type Station = z.infer<typeof stationSchema>

export const fleetSchema = z.object({
  id: fleetIdSchema,
  name: z.string(),
  station: stationSchema,
  counts: z.record(nodeStateSchema, z.number().int()),
  /** Each number grows when there is something new to ask for; what it is says nothing, and it begins anew with the station. */
  revision: z.object({ conflicts: z.number().int(), events: z.number().int(), groups: z.number().int() }).optional(),
})
export type Fleet = z.infer<typeof fleetSchema>

/**
 * What a watcher is told: first a snapshot, then changes, coalesced so that a burst is one event. A watcher that is too slow gets a
 * new snapshot in place of the changes that it missed.
 */
export const fleetEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), at: timestampSchema, fleet: fleetSchema, nodes: z.array(nodeSchema) }),
  z.object({
    type: z.literal('changed'),
    at: timestampSchema,
    fleet: fleetSchema,
    nodes: z.array(nodeSchema),
    removed: z.array(peerIdSchema),
  }),
  /** Nothing changed for a few seconds: sent so that a watcher can tell a quiet fleet from a dead connection. */
  z.object({ type: z.literal('alive'), at: timestampSchema }),
])
export type FleetEvent = z.infer<typeof fleetEventSchema>
