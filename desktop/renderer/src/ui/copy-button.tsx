import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconCopy } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { copyText } from './clipboard.ts'

interface CopyProps {
  readonly text: string | (() => string)
  readonly label: string
  /** Shows the label beside the icon. */
  readonly withLabel?: boolean
  readonly size?: 'sm' | 'md'
}

/** How long the outcome stands in place of the label, ms. */
const outcomeMs = 1800

const icons = { idle: IconCopy, copied: IconCheck, failed: IconAlertTriangle } as const
const words = { copied: 'Copied', failed: 'The browser refused to copy' } as const

/** Copies a text, and says that it did. */
export function CopyButton({ text, label, withLabel = false, size = 'md' }: CopyProps) {
  const [outcome, setOutcome] = useState<keyof typeof icons>('idle')
  useEffect(() => {
    if (outcome === 'idle') return undefined
    const timer = window.setTimeout(() => setOutcome('idle'), outcomeMs)
    return () => window.clearTimeout(timer)
  }, [outcome])
  const copy = async (): Promise<void> => {
    setOutcome((await copyText(typeof text === 'function' ? text() : text)) ? 'copied' : 'failed')
  }
  const Icon = icons[outcome]
  const said = outcome === 'idle' ? label : words[outcome]
  if (withLabel) {
    return (
      <Button variant="default" size="xs" leftSection={<Icon size={16} stroke={1.75} />} onClick={copy}>
        {said}
      </Button>
    )
  }
  return (
    <Tooltip label={said} {...(outcome === 'idle' ? {} : { opened: true })}>
      <ActionIcon variant="subtle" size={size} aria-label={label} onClick={copy}>
        <Icon size={16} stroke={1.75} />
      </ActionIcon>
    </Tooltip>
  )
}
