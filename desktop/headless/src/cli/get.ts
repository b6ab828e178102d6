import type { JoinTokenView } from '@wrale/protocol/api'
import { type StationChoice, withStation } from './connect.ts'
import { formatAge, formatDuration } from './format.ts'
import { nodeTable } from './node-table.ts'
import { type OutputForm, printData, tableOf, type Terminal } from './print.ts'

export async function getNodes(terminal: Terminal, choice: StationChoice, form: OutputForm): Promise<void> {
  const list = await withStation(choice, ({ client }) => client.nodes.list())
  printData(terminal, form, list, () => nodeTable(list.items, Date.now(), terminal.out))
  if (list.items.length === 0)
    terminal.err.write('No node has joined yet: make a token with "wrale join-token create".\n')
}

export async function getJoinTokens(terminal: Terminal, choice: StationChoice, form: OutputForm): Promise<void> {
  const list = await withStation(choice, ({ client }) => client.joinTokens.list())
  printData(terminal, form, list, () => joinTokenTable(list.items, Date.now()))
}

function joinTokenTable(tokens: readonly JoinTokenView[], nowMs: number): string {
  const state = ({ revoked, expiresAt, uses, maxUses }: JoinTokenView): string => {
    if (revoked) return 'revoked'
    if (Date.parse(expiresAt) <= nowMs) return 'expired'
    return uses >= maxUses ? 'used up' : 'good'
  }
  return tableOf(
    [
      { title: 'ID', cell: ({ id }) => id },
      { title: 'NAME', cell: ({ name }) => name },
      { title: 'STATE', cell: state },
      { title: 'USES', align: 'right', cell: ({ uses, maxUses }) => `${uses}/${maxUses}` },
      { title: 'MADE', align: 'right', cell: ({ createdAt }) => formatAge(createdAt, nowMs) },
      {
        title: 'EXPIRES IN',
        align: 'right',
        cell: ({ expiresAt }) => formatDuration(Date.parse(expiresAt) - nowMs),
      },
    ],
    tokens,
  )
}
