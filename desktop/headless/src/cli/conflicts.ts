import type { FleetClient } from '@wrale/client'
import { FleetError } from '@wrale/kernel'
import { type Conflict, parseSelector } from '@wrale/protocol/api'
import type { FieldValue } from '@wrale/protocol/records'
import { type StationChoice, withStation } from './connect.ts'
import { formatAge } from './format.ts'
import { valueText } from './notes-diff.ts'
import { type OutputForm, printData, tableOf, type Terminal } from './print.ts'

export async function getConflicts(terminal: Terminal, choice: StationChoice, form: OutputForm): Promise<void> {
  const list = await withStation(choice, ({ client }) => client.conflicts.list())
  const now = Date.now()
  const claimText = ({ value, author, at }: Conflict['holds']): string =>
    `${valueText(value)} by ${author.name}, ${formatAge(at, now)}`
  printData(terminal, form, list, () =>
    tableOf(
      [
        { title: 'OBJECT', cell: ({ object, name }) => `${object.type}/${name}` },
        { title: 'FIELD', cell: ({ field }) => field },
        { title: 'HOLDS', cell: ({ holds }) => claimText(holds) },
        { title: 'LOST', cell: ({ lost }) => lost.map(claimText).join('; ') },
      ],
      list.items,
    ),
  )
  if (list.items.length === 0) terminal.err.write('Stations agree: there is no conflict.\n')
}

/** What is to hold. */
export type Decision =
  | { readonly keep: true }
  /** The value that this member set. */
  | { readonly take: string }
  | { readonly value: string }

/** @throws FleetError NOT_FOUND when there is no such conflict; CONFLICT when a name fits several */
export async function settleConflict(
  terminal: Terminal,
  choice: StationChoice,
  { object, field }: { readonly object: string; readonly field: string },
  decision: Decision,
  form: OutputForm,
): Promise<void> {
  const settled = await withStation(choice, async ({ client }) => {
    const conflict = await findConflict(client, object, field)
    return client.conflicts.settle({ object: conflict.object, field, value: valueOf(conflict, decision) })
  })
  printData(terminal, form, settled, () => `${object}  ${field}: ${valueText(settled.holds.value)} holds`)
}

async function findConflict(client: FleetClient, object: string, field: string): Promise<Conflict> {
  const { items } = await client.conflicts.list()
  const found = items.filter(
    (one) =>
      one.field === field && [`${one.object.type}/${one.name}`, `${one.object.type}/${one.object.id}`].includes(object),
  )
  const [conflict] = found
  if (conflict === undefined) throw new FleetError('NOT_FOUND', `there is no conflict about ${field} of ${object}`)
  if (found.length > 1) {
    const which = found.map(({ object: { type, id } }) => `${type}/${id}`)
    throw new FleetError('CONFLICT', `"${object}" fits ${found.length} objects: ${which.join(', ')}`)
  }
  return conflict
}

function valueOf({ object, field, holds, lost }: Conflict, decision: Decision): FieldValue {
  if ('keep' in decision) return holds.value
  if ('take' in decision) {
    const claims = [holds, ...lost].filter(({ author }) => author.id === decision.take || author.name === decision.take)
    const [claim] = claims
    if (claim === undefined || claims.length > 1) {
      throw new FleetError('NOT_FOUND', `"${decision.take}" is not one member that set ${field}`)
    }
    return claim.value
  }
  if (object.type !== 'group' || field === 'description') return decision.value
  return field === 'selector' ? { ...parseSelector(decision.value) } : decision.value === 'true'
}
