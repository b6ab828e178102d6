import { type ReactNode, useLayoutEffect, useRef } from 'react'
import { groupClaimCode, readClaimCode } from '../../model/claim-code.ts'
import { MachineField } from './machine-field.tsx'
import classes from './security.module.css'

interface CodeFieldProps {
  /** Without separators. */
  readonly code: string
  readonly onChange: (code: string) => void
  readonly description: ReactNode
  readonly error: ReactNode
}

/** Takes a claim code however it is typed or pasted, and shows it as machines do. */
export function CodeField({ code, onChange, description, error }: CodeFieldProps) {
  const input = useRef<HTMLInputElement>(null)
  const caret = useRef<number>(undefined)
  const shown = groupClaimCode(code)
  // A dash that appears or goes must not carry the caret away from the letter beside it.
  useLayoutEffect(() => {
    if (caret.current !== undefined) input.current?.setSelectionRange(caret.current, caret.current)
    caret.current = undefined
  })
  return (
    <MachineField
      ref={input}
      label="Claim code"
      description={description}
      error={error}
      placeholder="XXXX-XXXX-XXXX"
      size="lg"
      autoCapitalize="characters"
      inputMode="text"
      classNames={{ input: classes.code ?? '' }}
      value={shown}
      onChange={({ currentTarget }) => {
        const { value, selectionStart } = currentTarget
        const before = readClaimCode(value.slice(0, selectionStart ?? value.length))
        caret.current = groupClaimCode(before).length
        onChange(readClaimCode(value))
      }}
    />
  )
}
