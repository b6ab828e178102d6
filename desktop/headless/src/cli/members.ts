import type { FleetClient } from '@wrale/client'
import type { MemberView, PendingClaim } from '@wrale/protocol/api'
import { type StationChoice, withStation } from './connect.ts'
import { pick } from './find.ts'
import { absent, formatAge } from './format.ts'
import { type OutputForm, printData, tableOf, type Terminal } from './print.ts'

export async function getMembers(terminal: Terminal, choice: StationChoice, form: OutputForm): Promise<void> {
  const list = await withStation(choice, ({ client }) => client.members.list())
  printData(terminal, form, list, () => memberTable(list.items, Date.now()))
}

export async function describeMember(
  terminal: Terminal,
  choice: StationChoice,
  wanted: string,
  form: OutputForm,
): Promise<void> {
  const member = await withStation(choice, ({ client }) => memberCalled(client, wanted))
  printData(terminal, form, member, () => descriptionOf(member, Date.now()))
}

/** Machines that wait for their claim code. Looking takes a moment: they are asked first. */
export async function getClaims(terminal: Terminal, choice: StationChoice, form: OutputForm): Promise<void> {
  const list = await withStation(choice, async ({ client }) => {
    await client.claims.list()
    await new Promise((resolve) => setTimeout(resolve, lookMs))
    return client.claims.list()
  })
  printData(terminal, form, list, () => claimTable(list.items, Date.now()))
  if (list.items.length === 0) terminal.err.write('No machine on this network waits to be claimed.\n')
}

const lookMs = 1500

/** Who is in the fleet comes before who was put out under the same name. @throws FleetError NOT_FOUND, or CONFLICT when several fit */
export async function memberCalled(client: FleetClient, wanted: string): Promise<MemberView> {
  const { items } = await client.members.list()
  const inFleet = items.filter(({ state }) => state === 'active' || state === 'expired')
  const named = inFleet.some(({ id, name }) => id === wanted || name === wanted)
  return pick(named ? inFleet : items, wanted, 'member')
}

function memberTable(members: readonly MemberView[], nowMs: number): string {
  return tableOf(
    [
      { title: 'NAME', cell: ({ name, self }) => (self ? `${name} (this station)` : name) },
      { title: 'ROLE', cell: ({ role, admin }) => (admin ? `${role}, signs` : role) },
      { title: 'STATE', cell: ({ state, clonedAt }) => (clonedAt.length > 1 ? `${state}, cloned` : state) },
      { title: 'SIGNED BY', cell: ({ issuedBy }) => issuedBy?.name ?? 'root key' },
      { title: 'LAST SEEN', cell: ({ lastSeen }) => (lastSeen === null ? 'never' : formatAge(lastSeen, nowMs)) },
      { title: 'ID', cell: ({ id }) => id },
    ],
    members,
  )
}

function claimTable(claims: readonly PendingClaim[], nowMs: number): string {
  return tableOf(
    [
      { title: 'NAME', cell: ({ name }) => name },
      { title: 'ROLE', cell: ({ role }) => role },
      { title: 'CODE', cell: ({ hint }) => (hint === undefined ? absent : `${hint}…`) },
      { title: 'MODEL', cell: ({ model }) => model ?? absent },
      { title: 'SOFTWARE', cell: ({ software }) => software },
      { title: 'ADDRESS', cell: ({ address }) => address },
      { title: 'SEEN', cell: ({ lastSeen }) => formatAge(lastSeen, nowMs) },
    ],
    claims,
  )
}

function descriptionOf(member: MemberView, nowMs: number): string {
  const { issuedBy, expiresAt, lastSeen, revokedAt, revokedBy, reason, replacedBy, clonedAt } = member
  const lines: ReadonlyArray<readonly [string, string | null]> = [
    ['Name', member.name],
    ['Id', member.id],
    ['Role', member.admin ? `${member.role}; may sign certificates for others` : member.role],
    ['State', member.state],
    ['Last seen', lastSeen === null ? 'never' : `${formatAge(lastSeen, nowMs)} (${lastSeen})`],
    ['Certificate', `${member.serial}, of ${member.issuedAt}, signed by ${issuedBy?.name ?? 'the root key'}`],
    ['Expires', expiresAt],
    ['Put out', revokedAt === null ? null : `${revokedAt}, by ${revokedBy?.name ?? 'somebody'}`],
    ['Reason', reason],
    ['Replaced by', replacedBy === null ? null : `${replacedBy.name} (${replacedBy.id})`],
    ['Cloned', clonedAt.length > 1 ? `its key is in use at ${clonedAt.join(' and ')}` : null],
  ]
  const shown = lines.filter((line): line is readonly [string, string] => line[1] !== null)
  const width = Math.max(...shown.map(([label]) => label.length)) + 1
  return shown.map(([label, text]) => `${`${label}:`.padEnd(width)}  ${text}`).join('\n')
}
