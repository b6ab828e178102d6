import type { FleetClient } from '@wrale/client'
import type { EventView } from '@wrale/protocol/api'
import { type StationChoice, withStation } from './connect.ts'
import { findMember } from './find.ts'
import { formatAge } from './format.ts'
import { type OutputForm, painter, printData, tableOf, type Terminal } from './print.ts'

export interface EventsWanted {
  /** Name or id of a member. */
  readonly member?: string | undefined
  readonly severity?: EventView['severity'] | undefined
  /** Beginning of the name. */
  readonly name?: string | undefined
  readonly limit: number
}

/** Most events that the station gives at once. */
const pageSize = 500

export async function getEvents(
  terminal: Terminal,
  choice: StationChoice,
  wanted: EventsWanted,
  form: OutputForm,
): Promise<void> {
  const items = await withStation(choice, ({ client }) => eventsOf(client, wanted))
  const paint = painter(terminal.out)
  const colours = { info: 'gray', warning: 'yellow', critical: 'red' } as const
  printData(terminal, form, { items }, () =>
    tableOf(
      [
        { title: 'WHEN', align: 'right', cell: ({ at }) => formatAge(at, Date.now()) },
        {
          title: 'SEVERITY',
          cell: ({ severity }) => severity,
          paint: (text, { severity }) => paint(colours[severity], text),
        },
        { title: 'MEMBER', cell: ({ author }) => author.name },
        { title: 'EVENT', cell: ({ name }) => name },
        { title: 'MESSAGE', cell: ({ message }) => message.replaceAll(/\s+/g, ' ') },
      ],
      items,
    ),
  )
}

async function eventsOf(client: FleetClient, { member, severity, name, limit }: EventsWanted): Promise<EventView[]> {
  const items: EventView[] = []
  const about = member === undefined ? undefined : (await findMember(client, member)).id
  let cursor: string | undefined
  do {
    const page = await client.events.list({
      member: about,
      severity,
      name,
      cursor,
      limit: Math.min(pageSize, limit - items.length),
    })
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== undefined && items.length < limit)
  return items
}
