import { TextInput } from '@mantine/core'
import type { ComponentProps } from 'react'

/** A field for what a machine shows or is called: the browser neither completes nor corrects it, and its explanation stands below. */
export function MachineField(props: ComponentProps<typeof TextInput>) {
  return (
    <TextInput
      inputWrapperOrder={['label', 'input', 'error', 'description']}
      autoComplete="off"
      spellCheck={false}
      {...props}
    />
  )
}
