import type { FleetClient } from '@wrale/client'
import type { ObjectChange } from '@wrale/protocol/api'
import { type StationChoice, withStation } from './connect.ts'
import { findNode } from './find.ts'
import { formatAge } from './format.ts'
import { valueText } from './notes-diff.ts'
import { type OutputForm, printData, tableOf, type Terminal } from './print.ts'

export const historyTypes = ['node', 'group'] as const
export type HistoryType = (typeof historyTypes)[number]

export async function printHistory(
  terminal: Terminal,
  choice: StationChoice,
  wanted: { readonly type: HistoryType; readonly name: string; readonly field?: string | undefined },
  form: OutputForm,
): Promise<void> {
  const { type, name, field } = wanted
  const list = await withStation(choice, async ({ client }) =>
    client.objects.history({ type, id: await idOf(client, type, name), ...(field === undefined ? {} : { field }) }),
  )
  printData(terminal, form, list, () => historyTable(list.items))
  if (list.items.length === 0) terminal.err.write(`Nothing was said of ${type}/${name} yet.\n`)
}

async function idOf(client: FleetClient, type: HistoryType, name: string): Promise<string> {
  return type === 'node' ? (await findNode(client, name)).id : name
}

/** A line a field, the newest first. */
function historyTable(changes: readonly ObjectChange[]): string {
  const lines = changes.flatMap(({ author, at, set }) =>
    Object.entries(set).map(([field, value]) => ({ author: author.name, at, field, value })),
  )
  return tableOf(
    [
      { title: 'WHEN', align: 'right', cell: ({ at }) => formatAge(at, Date.now()) },
      { title: 'STATION', cell: ({ author }) => author },
      { title: 'FIELD', cell: ({ field }) => field },
      { title: 'VALUE', cell: ({ value }) => valueText(value) },
    ],
    lines,
  )
}
