import { CloseButton, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { RefObject } from 'react'
import classes from './filter-box.module.css'

interface FilterBoxProps {
  readonly label: string
  readonly placeholder: string
  readonly value: string
  readonly onChange: (text: string) => void
  readonly inputRef: RefObject<HTMLInputElement | null>
}

/** The text filter of a list: / leads to it, Esc empties it and then leaves it. */
export function FilterBox({ label, placeholder, value, onChange, inputRef }: FilterBoxProps) {
  return (
    <TextInput
      ref={inputRef}
      type="search"
      aria-label={label}
      placeholder={placeholder}
      className={classes.search}
      leftSection={<IconSearch size={16} stroke={1.75} aria-hidden="true" />}
      rightSection={
        value === '' ? (
          <kbd className={classes.hint}>/</kbd>
        ) : (
          <CloseButton size="sm" aria-label="Clear the text" onClick={() => onChange('')} />
        )
      }
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' && event.key !== 'Enter') return
        event.preventDefault()
        if (event.key === 'Escape' && value !== '') onChange('')
        else event.currentTarget.blur()
      }}
    />
  )
}
