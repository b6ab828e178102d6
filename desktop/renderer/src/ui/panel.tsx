import { ActionIcon, Modal, Tooltip } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './panel.module.css'

interface PanelProps {
  readonly title: string
  readonly close: () => void
  readonly children: ReactNode
}

/** Narrower windows have no room beside a list. */
export function useRoomBeside(): boolean {
  return useMediaQuery('(min-width: 901px)', undefined, { getInitialValueInEffect: false })
}

/** More about one thing: beside its list, which keeps its place, or over it where there is no room. */
export function Panel({ title, close, children }: PanelProps) {
  const beside = useRoomBeside()
  if (!beside) {
    return (
      <Modal
        opened
        fullScreen
        onClose={close}
        title={title}
        closeButtonProps={{ 'aria-label': 'Close' }}
        attributes={{ header: { role: 'presentation' } }}
      >
        <div className={classes.inside}>{children}</div>
      </Modal>
    )
  }
  return (
    <aside className={classes.panel} aria-label={title}>
      <header className={classes.head}>
        <h2>{title}</h2>
        <Tooltip label="Close (Esc)">
          <ActionIcon variant="subtle" aria-label="Close the panel" onClick={close}>
            <IconX size={18} stroke={1.75} />
          </ActionIcon>
        </Tooltip>
      </header>
      {children}
    </aside>
  )
}

/** A screen with room for a panel at its side. */
export function WithPanel({ children, panel }: { readonly children: ReactNode; readonly panel: ReactNode }) {
  return (
    <div className={classes.split}>
      <div className={classes.main}>{children}</div>
      {panel}
    </div>
  )
}

/** The state of the thing, right below its name. */
export function PanelLead({ children }: { readonly children: ReactNode }) {
  return <div className={classes.lead}>{children}</div>
}

/** Label and value pairs of a panel. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className={classes.facts}>{children}</dl>
}

export function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  )
}
