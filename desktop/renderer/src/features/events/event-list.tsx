import type { EventView } from '@wrale/protocol/api'
import { memo, useState } from 'react'
import { Link } from 'wouter'
import { useNode } from '../../app/hooks.ts'
import { eventCount, eventFacts } from '../../model/events.ts'
import { Ago, At } from '../../ui/ago.tsx'
import classes from './events.module.css'
import { SeverityMark } from './severity-mark.tsx'

interface EventListProps {
  readonly items: readonly EventView[]
  readonly byMember: (id: string) => void
}

/** One line an event; what it carries opens below it. */
export function EventList({ items, byMember }: EventListProps) {
  return (
    <ol className={classes.events} aria-label="Events">
      {items.map((event) => (
        <EventRow key={event.id} event={event} byMember={byMember} />
      ))}
    </ol>
  )
}

const EventRow = memo(function EventRow({
  event,
  byMember,
}: {
  readonly event: EventView
  readonly byMember: (id: string) => void
}) {
  const [open, setOpen] = useState(false)
  const { id, at, author, name, severity, message } = event
  const count = eventCount(event)
  return (
    <li className={classes.event} data-testid="event-row" data-name={name} data-severity={severity}>
      <SeverityMark severity={severity} />
      <span className={classes.when}>
        <Ago at={at} />
      </span>
      <span className={classes.author}>{author.name}</span>
      <button type="button" className={classes.what} aria-expanded={open} onClick={() => setOpen(!open)}>
        <span>
          {message}
          {count !== undefined && <strong className={classes.count}>{count} times</strong>}
        </span>
        <code>{name}</code>
      </button>
      {open && (
        <dl className={classes.facts}>
          <dt>at</dt>
          <dd>
            <At at={at} />
          </dd>
          <dt>told by</dt>
          <dd>
            <Author event={event} />{' '}
            <button type="button" className={classes.only} onClick={() => byMember(author.id)}>
              only its events
            </button>
          </dd>
          {eventFacts(event).map(({ label, text }) => (
            <Fact key={label} label={label} text={text} />
          ))}
          <dt>id</dt>
          <dd>
            <code>{id}</code>
          </dd>
        </dl>
      )}
    </li>
  )
})

function Author({ event: { author } }: { readonly event: EventView }) {
  const node = useNode(author.id)
  return node === undefined ? author.name : <Link href={`/nodes/${author.id}`}>{author.name}</Link>
}

/** An id of a node reads as its name. */
function Fact({ label, text }: { readonly label: string; readonly text: string }) {
  const node = useNode(text)
  return (
    <>
      <dt>{label}</dt>
      <dd>{node === undefined ? text : <Link href={`/nodes/${node.id}`}>{node.name}</Link>}</dd>
    </>
  )
}
