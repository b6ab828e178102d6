import { Button } from '@mantine/core'
import { IconArrowUp } from '@tabler/icons-react'
import { useMemo, useRef } from 'react'
import { useConflicts, useNodes } from '../../app/hooks.ts'
import { useCommands } from '../../app/use-commands.ts'
import { eventFamilies, formatEventsQuery, parseEventsQuery, severities } from '../../model/events.ts'
import { compareNames } from '../../model/state.ts'
import { Choice, Choices } from '../../ui/choices.tsx'
import { FilterBox } from '../../ui/filter-box.tsx'
import { Failure, Message } from '../../ui/message.tsx'
import { Page, SpokenHeading } from '../../ui/page.tsx'
import { Select } from '../../ui/select.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { SubNav } from '../../ui/sub-nav.tsx'
import { useQuery } from '../../ui/use-query.ts'
import { EventList } from './event-list.tsx'
import classes from './events.module.css'
import { SeverityMark } from './severity-mark.tsx'
import { useEvents } from './use-events.ts'

/** The pages about what happened. */
export function EventsNav() {
  const conflicts = useConflicts()?.length ?? 0
  return (
    <SubNav
      label="History"
      items={[
        { path: '/events', label: 'Events' },
        { path: '/conflicts', label: 'Conflicts', count: conflicts },
      ]}
    />
  )
}

const everything = { severity: undefined, name: '', member: undefined } as const

/** What happened, newest first. */
export function EventsScreen() {
  const [query, update] = useQuery(parseEventsQuery, formatEventsQuery)
  const events = useEvents(query)
  const search = useRef<HTMLInputElement>(null)
  const nodes = useNodes()
  const members = useMemo(() => [...nodes.values()].toSorted((a, b) => compareNames(a.name, b.name)), [nodes])
  const isFiltered = formatEventsQuery(query) !== ''
  useCommands({
    filter: () => search.current?.focus(),
    waiting: events.showWaiting,
    back: () => update(everything),
  })
  return (
    <Page title="Events">
      <EventsNav />
      <SpokenHeading>Events</SpokenHeading>
      <search className={classes.bar}>
        <FilterBox
          label="Filter by name"
          placeholder="Begins with, such as security."
          value={query.name}
          onChange={(name) => update({ name: name.toLowerCase() })}
          inputRef={search}
        />
        <Choices label="Severity">
          {severities.map((severity) => (
            <Choice
              key={severity}
              pressed={query.severity === severity}
              onClick={() => update({ severity: query.severity === severity ? undefined : severity })}
            >
              <SeverityMark severity={severity} />
            </Choice>
          ))}
        </Choices>
        <Choices label="What about">
          {eventFamilies.map((family) => (
            <Choice
              key={family}
              pressed={query.name === family}
              onClick={() => update({ name: query.name === family ? '' : family })}
            >
              {family.slice(0, -1)}
            </Choice>
          ))}
        </Choices>
        <Select
          label="Member"
          options={[
            { value: '', label: 'Every member' },
            ...(query.member === undefined || nodes.has(query.member)
              ? []
              : [{ value: query.member, label: 'One member' }]),
            ...members.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          value={query.member ?? ''}
          onChange={(member) => update({ member: member === '' ? undefined : member })}
        />
      </search>
      {events.waiting.length > 0 && (
        <div className={classes.waiting}>
          <Button
            size="compact-sm"
            leftSection={<IconArrowUp size={14} aria-hidden="true" />}
            onClick={events.showWaiting}
          >
            {events.waiting.length} new
          </Button>
        </div>
      )}
      {events.phase === 'loading' && <Skeleton lines={8} label="Loading the events" />}
      {events.phase === 'failed' && events.error !== undefined && (
        <Failure what="The events were not loaded" error={events.error} todo="This page keeps trying." />
      )}
      {events.phase === 'ready' && events.items.length === 0 && (
        <Message
          title={isFiltered ? 'No event fits these filters' : 'Nothing has happened yet'}
          actions={
            isFiltered && (
              <Button variant="default" onClick={() => update(everything)}>
                Clear the filters
              </Button>
            )
          }
        >
          <p>
            {isFiltered
              ? 'Esc clears the filters too.'
              : 'Members record what a person should know of: who came and went, who was refused, what was mended.'}
          </p>
        </Message>
      )}
      {events.items.length > 0 && <EventList items={events.items} byMember={(member) => update({ member })} />}
      {events.nextCursor !== undefined && (
        <div className={classes.older}>
          <Button variant="default" loading={events.loadingOlder} onClick={events.loadOlder}>
            Show older
          </Button>
          {events.error !== undefined && <span className={classes.faint}>Not loaded: {events.error.message}</span>}
        </div>
      )}
    </Page>
  )
}
