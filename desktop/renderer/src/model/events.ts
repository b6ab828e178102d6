import type { EventView } from '@wrale/protocol/api'

export const severities = ['critical', 'warning', 'info'] as const satisfies readonly EventView['severity'][]

/** Everything about the events screen that has a place in the URL. */
export interface EventsQuery {
  readonly severity: EventView['severity'] | undefined
  /** Beginning of the name. */
  readonly name: string
  readonly member: string | undefined
}

export function parseEventsQuery(text: string): EventsQuery {
  const parameters = new URLSearchParams(text)
  return {
    severity: severities.find((severity) => severity === parameters.get('severity')),
    name: (parameters.get('name') ?? '').toLowerCase().slice(0, 64),
    member: parameters.get('member') ?? undefined,
  }
}

/** No leading `?`; empty when all is default. */
export function formatEventsQuery({ severity, name, member }: EventsQuery): string {
  const parameters = new URLSearchParams()
  if (severity !== undefined) parameters.set('severity', severity)
  if (name !== '') parameters.set('name', name)
  if (member !== undefined) parameters.set('member', member)
  return parameters.toString()
}

/** Families of names that the filter offers. */
export const eventFamilies = ['security.', 'member.', 'node.', 'audit.'] as const

/** What an event carries, for people: "14 times" reads better than "count 14". */
export function eventFacts({
  data = {},
}: Pick<EventView, 'data'>): readonly { readonly label: string; readonly text: string }[] {
  return Object.entries(data).map(([key, value]) => ({
    label: key
      .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
      .replaceAll(/[-_.]/g, ' ')
      .toLowerCase(),
    text: Array.isArray(value) ? value.map(plain).join(', ') : plain(value),
  }))
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** How often it happened, when the event says so: repeated refusals are recorded as one event with a count. */
export function eventCount({ data }: Pick<EventView, 'data'>): number | undefined {
  const count = data?.['count']
  return typeof count === 'number' && count > 1 ? count : undefined
}

/** A fresh first page before the rows that are shown: what is new, and whether rows between the two are missing. */
export function newerThan(
  shown: readonly EventView[],
  fresh: readonly EventView[],
): { readonly items: readonly EventView[]; readonly hole: boolean } {
  const known = new Set(shown.map(({ id }) => id))
  const items = fresh.filter(({ id }) => !known.has(id))
  return { items, hole: shown.length > 0 && items.length === fresh.length && fresh.length > 0 }
}
