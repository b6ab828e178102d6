import type { Icon } from '@tabler/icons-react'
import { useId } from 'react'
import classes from './segments.module.css'

interface SegmentsProps<T extends string> {
  readonly label: string
  readonly options: readonly { readonly value: T; readonly label: string; readonly icon?: Icon }[]
  /** Undefined: none of them. */
  readonly value: T | undefined
  readonly onChange: (value: T) => void
}

/** One of a few: native radio buttons, side by side. */
export function Segments<T extends string>({ label, options, value, onChange }: SegmentsProps<T>) {
  const name = useId()
  return (
    <div role="radiogroup" aria-label={label} className={classes.segments}>
      {options.map(({ value: option, label: text, icon: OptionIcon }) => (
        <label key={option} className={classes.segment}>
          <input type="radio" name={name} value={option} checked={option === value} onChange={() => onChange(option)} />
          {OptionIcon !== undefined && <OptionIcon size={16} stroke={1.75} aria-hidden="true" />}
          <span className={OptionIcon === undefined ? undefined : classes.iconText}>{text}</span>
        </label>
      ))}
    </div>
  )
}
