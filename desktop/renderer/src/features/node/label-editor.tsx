import { Button, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import type { NotesChange } from '../../backend/operator-ports.ts'
import { type Label, labelsOf, labelText, parseLabel } from '../../model/labels.ts'
import { useFocus } from '../../ui/use-focus.ts'
import classes from './notes.module.css'

interface LabelEditorProps {
  readonly labels: Readonly<Record<string, string>>
  readonly change: (change: NotesChange) => void
}

/** Labels as chips: a click or Enter changes one, Delete removes it. Each change is saved at once. */
export function LabelEditor({ labels, change }: LabelEditorProps) {
  /** Key of the label that is changed; empty: a new one; undefined: none. */
  const [editing, setEditing] = useState<string>()
  const list = useRef<HTMLUListElement>(null)
  const refocus = useRef(false)
  useEffect(() => {
    if (!refocus.current || editing !== undefined) return
    refocus.current = false
    list.current?.querySelector<HTMLElement>('[data-add]')?.focus()
  }, [editing])
  const stop = (): void => {
    refocus.current = true
    setEditing(undefined)
  }
  const save = (label: Label): void => {
    const renamed = editing !== undefined && editing !== '' && editing !== label.key
    if (renamed || labels[label.key] !== label.value)
      change({ labels: { ...(renamed ? { [editing]: null } : {}), [label.key]: label.value } })
    stop()
  }
  const remove = (key: string): void => {
    change({ labels: { [key]: null } })
    list.current?.querySelector<HTMLElement>('[data-add]')?.focus()
  }
  const shown = labelsOf({ labels })
  return (
    <ul ref={list} className={classes.chips} aria-label="Labels">
      {shown.map((label) =>
        editing === label.key ? (
          <li key={label.key} className={classes.editing}>
            <LabelField initial={labelText(label)} save={save} cancel={stop} />
          </li>
        ) : (
          <li key={label.key}>
            <LabelChip label={label} edit={() => setEditing(label.key)} remove={() => remove(label.key)} />
          </li>
        ),
      )}
      {editing === '' ? (
        <li className={classes.editing}>
          <LabelField initial="" save={save} cancel={stop} />
        </li>
      ) : (
        <li>
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={14} />}
            data-add
            onClick={() => setEditing('')}
          >
            Add a label
          </Button>
        </li>
      )}
    </ul>
  )
}

interface LabelChipProps {
  readonly label: Label
  readonly edit: () => void
  readonly remove: () => void
}

function LabelChip({ label, edit, remove }: LabelChipProps) {
  return (
    <span className={classes.chip} data-testid="label" data-label={labelText(label)}>
      <button
        type="button"
        className={classes.chipText}
        title="Change it; Delete removes it"
        onClick={edit}
        onKeyDown={(event: KeyboardEvent) => {
          if (event.key !== 'Delete' && event.key !== 'Backspace') return
          event.preventDefault()
          remove()
        }}
      >
        <span className={classes.key}>{label.key}</span>
        {label.value !== '' && <span>={label.value}</span>}
      </button>
      <button
        type="button"
        className={classes.chipRemove}
        aria-label={`Remove ${labelText(label)}`}
        tabIndex={-1}
        onClick={remove}
      >
        <IconX size={12} stroke={2} aria-hidden="true" />
      </button>
    </span>
  )
}

interface LabelFieldProps {
  readonly initial: string
  readonly save: (label: Label) => void
  readonly cancel: () => void
}

/** One label as text: `env=prod`. Enter saves, Esc leaves it as it was. */
function LabelField({ initial, save, cancel }: LabelFieldProps) {
  const field = useFocus<HTMLInputElement>()
  const [text, setText] = useState(initial)
  const [problem, setProblem] = useState<string>()
  const submit = (): void => {
    const label = parseLabel(text)
    if ('problem' in label) setProblem(label.problem)
    else save(label)
  }
  return (
    <TextInput
      size="xs"
      aria-label={initial === '' ? 'New label' : `Label ${initial}`}
      placeholder="env=prod"
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      ref={field}
      value={text}
      error={problem}
      onChange={(event) => {
        setText(event.currentTarget.value)
        setProblem(undefined)
      }}
      onBlur={() => (text.trim() === '' || text === initial) && cancel()}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== 'Escape') return
        event.preventDefault()
        event.stopPropagation()
        if (event.key === 'Enter') submit()
        else cancel()
      }}
    />
  )
}
