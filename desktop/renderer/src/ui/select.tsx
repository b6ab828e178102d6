import classes from './select.module.css'

interface SelectProps<T extends string> {
  readonly label: string
  readonly options: readonly { readonly value: T; readonly label: string }[]
  readonly value: T
  readonly onChange: (value: T) => void
  /** For its place among others. */
  readonly className?: string | undefined
}

/** One of many: the browser's own list, which every phone and every reader knows. */
export function Select<T extends string>({ label, options, value, onChange, className = '' }: SelectProps<T>) {
  return (
    <select
      className={`${classes.select} ${className}`}
      aria-label={label}
      value={value}
      onChange={({ currentTarget }) => {
        const chosen = options.find((option) => option.value === currentTarget.value)
        if (chosen !== undefined) onChange(chosen.value)
      }}
    >
      {options.map(({ value: option, label: text }) => (
        <option key={option} value={option}>
          {text}
        </option>
      ))}
    </select>
  )
}
