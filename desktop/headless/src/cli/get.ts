import { type JoinTokenView, type Selector, selects } from '@wrale/protocol/api'
import { type StationChoice, withStation } from './connect.ts'
import { formatAge, formatDuration } from './format.ts'
import { nodeTable } from './node-table.ts'
import { type OutputForm, printData, tableOf, type Terminal } from './print.ts'

export interface NodesWanted {
  readonly selector?: Selector | undefined
  /** As a table with what operators say of the nodes. */
  readonly wide: boolean
}

export async function getNodes(
  terminal: Terminal,
  choice: StationChoice,
  { selector, wide }: NodesWanted,
  form: OutputForm,
): Promise<void> {
  const { items: all } = await withStation(choice, ({ client }) => client.nodes.list())
  const items = selector === undefined ? all : all.filter(({ labels = {} }) => selects(selector, labels))
  printData(terminal, form, { items }, () => nodeTable(items, Date.now(), terminal.out, { wide }))
  if (all.length === 0) terminal.err.write('No node has joined yet: make a token with "wrale join-token create".\n')
  else if (items.length === 0) terminal.err.write('The selector takes in no node.\n')
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
