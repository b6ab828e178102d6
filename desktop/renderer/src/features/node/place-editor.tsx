import { TextInput } from '@mantine/core'
import type { Place } from '@wrale/protocol/api'
import { useState } from 'react'
import type { NotesChange } from '../../backend/operator-ports.ts'
import { type PlacePart, placeParts, placeText } from '../../model/labels.ts'
import { placeChange } from '../../model/notes.ts'
import { useFocus } from '../../ui/use-focus.ts'
import { Editable } from './editable.tsx'
import classes from './notes.module.css'

interface PlaceEditorProps {
  readonly place: Place
  readonly change: (change: NotesChange) => void
}

type TypedPlace = Readonly<Record<PlacePart, string>>

const labels: TypedPlace = { site: 'Site', zone: 'Zone', rack: 'Rack', slot: 'Slot' }

const typedPlace = ({ site, zone, rack, slot }: Place): TypedPlace => ({
  site: site ?? '',
  zone: zone ?? '',
  rack: rack ?? '',
  slot: slot ?? '',
})

/** Where the node is, and a form to say it. */
export function PlaceEditor({ place, change }: PlaceEditorProps) {
  const [typed, setTyped] = useState(() => typedPlace(place))
  const text = placeText(place)
  return (
    <Editable
      title="Place"
      word="Change"
      label="Change the place"
      begin={() => setTyped(typedPlace(place))}
      fields={
        <PlaceFields typed={typed} type={(part, value) => setTyped((before) => ({ ...before, [part]: value }))} />
      }
      save={() => {
        const next = placeChange(place, typed)
        if (next !== undefined) change(next)
      }}
    >
      <p data-testid="place" className={text === '' ? classes.faint : undefined}>
        {text === '' ? 'Nobody said where it is' : text}
      </p>
    </Editable>
  )
}

interface PlaceFieldsProps {
  readonly typed: TypedPlace
  readonly type: (part: PlacePart, value: string) => void
}

function PlaceFields({ typed, type }: PlaceFieldsProps) {
  const first = useFocus<HTMLInputElement>()
  return (
    <div className={classes.placeFields}>
      {placeParts.map((part, index) => (
        <TextInput
          key={part}
          size="xs"
          label={labels[part]}
          maxLength={64}
          autoComplete="off"
          ref={index === 0 ? first : null}
          value={typed[part]}
          onChange={(event) => type(part, event.currentTarget.value)}
        />
      ))}
    </div>
  )
}
