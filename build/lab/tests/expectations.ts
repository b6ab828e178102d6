import { callControl, controlSocketPath } from '@wrale/host'
import type { Node } from '@wrale/protocol/api'
import { z } from 'zod'
import { type Fleet, type FleetDaemon, poll } from '../fleet/index.ts'

/** What `wrale-edge status --json` says of the other members. */
const reportSchema = z.object({
  id: z.string(),
  members: z.array(z.object({ id: z.string(), name: z.string(), heardMsAgo: z.number().nullable() })),
})
export type MembersReport = z.infer<typeof reportSchema>

/** Whether the station shows the node's own words as still valid. */
export function isCurrent(node: Node | undefined): boolean {
  return node !== undefined && ['ok', 'warn', 'fail'].includes(node.state)
}

/** Share of its interval by which a word may be late before it counts as stale, and what its delivery may take, ms. */
const lateness = 1.5
const deliveryMs = 2000
/** What the station's own timer and a busy test machine may add, ms. */
const slackMs = 1500

/** Nodes that are still shown with their own words although their deadline is over, as sentences. */
export function currentPastDeadline(nodes: Iterable<Node>, nowMs: number): string[] {
  return [...nodes].filter(isCurrent).flatMap(({ name, state, lastSeen, intervalMs }) => {
    const silentMs = nowMs - Date.parse(lastSeen ?? '')
    const allowedMs = (intervalMs ?? 0) * lateness + deliveryMs + slackMs
    return silentMs <= allowedMs ? [] : [`${name} was ${state} after ${silentMs} ms of silence`]
  })
}

/** What a daemon itself knows, asked on its control socket, which needs no network. */
export async function membersKnownTo(daemon: FleetDaemon): Promise<MembersReport> {
  return reportSchema.parse(await callControl(controlSocketPath(daemon.stateDir), 'status'))
}

/**
 * Waits until each daemon holds a status of each other that is not past its deadline, by its own account.
 * @returns how long it took, ms
 */
export async function untilEveryoneKnowsEveryone(fleet: Fleet, timeoutMs = 20_000): Promise<number> {
  const startedAtMs = performance.now()
  const nodes = await fleet.station.nodes()
  const freshMs = Math.max(...nodes.map(({ intervalMs }) => intervalMs ?? 0)) * lateness + deliveryMs
  await poll(
    'every node holds the status of every other',
    async () => {
      const reports = await Promise.all(fleet.daemons.map(membersKnownTo))
      const gaps = reports.flatMap(({ id, members }) =>
        nodes
          .filter((node) => node.id !== id)
          .filter((node) => (members.find((member) => member.id === node.id)?.heardMsAgo ?? Infinity) > freshMs)
          .map(({ name }) => `${nodes.find((node) => node.id === id)?.name ?? id} has nothing fresh of ${name}`),
      )
      if (gaps.length > 0) throw new Error(`${gaps.length} gaps, such as: ${gaps.slice(0, 5).join('; ')}`)
      return true
    },
    { timeoutMs },
  )
  return Math.round(performance.now() - startedAtMs)
}
