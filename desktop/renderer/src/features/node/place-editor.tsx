import { Button, TextInput } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import type { Place } from '@wrale/protocol/api'
import { useState } from 'react'
import type { NotesChange } from '../../backend/operator-ports.ts'
import { type PlacePart, placeParts, placeText } from '../../model/labels.ts'
import { placeChange } from '../../model/notes.ts'
import { useFocus } from '../../ui/use-focus.ts'
import classes from './notes.module.css'

interface PlaceEditorProps {
  readonly place: Place
  readonly change: (change: NotesChange) => void
}

const labels: Readonly<Record<PlacePart, string>> = { site: 'Site', zone: 'Zone', rack: 'Rack', slot: 'Slot' }

/** Where the node is, and a form to say it. */
export function PlaceEditor({ place, change }: PlaceEditorProps) {
  const [editing, setEditing] = useState(false)
  const text = placeText(place)
  return (
    <div className={classes.part}>
      <div className={classes.head}>
        <h2>Place</h2>
        {!editing && (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPencil size={14} />}
            aria-label="Change the place"
            onClick={() => setEditing(true)}
          >
            Change
          </Button>
        )}
      </div>
      {editing ? (
        <PlaceForm
          place={place}
          close={() => setEditing(false)}
          save={(next) => {
            if (next !== undefined) change(next)
            setEditing(false)
          }}
        />
      ) : (
        <p data-testid="place" className={text === '' ? classes.faint : undefined}>
          {text === '' ? 'Nobody said where it is' : text}
        </p>
      )}
    </div>
  )
}

interface PlaceFormProps {
  readonly place: Place
  readonly save: (change: NotesChange | undefined) => void
  readonly close: () => void
}

function PlaceForm({ place, save, close }: PlaceFormProps) {
  const first = useFocus<HTMLInputElement>()
  const [typed, setTyped] = useState<Record<PlacePart, string>>({
    site: place.site ?? '',
    zone: place.zone ?? '',
    rack: place.rack ?? '',
    slot: place.slot ?? '',
  })
  return (
    <form
      className={classes.placeForm}
      aria-label="Place"
      onSubmit={(event) => {
        event.preventDefault()
        save(placeChange(place, typed))
      }}
    >
      {placeParts.map((part, index) => (
        <TextInput
          key={part}
          size="xs"
          label={labels[part]}
          maxLength={64}
          autoComplete="off"
          ref={index === 0 ? first : null}
          value={typed[part]}
          onChange={(event) => {
            const { value } = event.currentTarget
            setTyped((before) => ({ ...before, [part]: value }))
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return
            event.preventDefault()
            event.stopPropagation()
            close()
          }}
        />
      ))}
      <div className={classes.buttons}>
        <Button size="xs" variant="default" onClick={close}>
          Cancel
        </Button>
        <Button size="xs" type="submit">
          Save
        </Button>
      </div>
    </form>
  )
}
