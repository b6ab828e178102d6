import { Button } from '@mantine/core'
import type { Node as FleetNode } from '@wrale/protocol/api'
import { Suspense } from 'react'
import { Link } from 'wouter'
import { DiagnosticsTab, HardwareTab, SimulatorTab, TamperTab, ThermalTab } from '../../app/lazy.tsx'
import { Message } from '../../ui/message.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import classes from './node.module.css'
import { pathOf, tabsOf } from './tabs.ts'

const parts = {
  hardware: HardwareTab,
  thermal: ThermalTab,
  tamper: TamperTab,
  diagnostics: DiagnosticsTab,
  simulator: SimulatorTab,
} as const

interface NodePartProps {
  readonly node: FleetNode
  /** As the address has it. */
  readonly tab: string
}

/** A page of a node other than its first. */
export function NodePart({ node, tab }: NodePartProps) {
  const isKnown = tab !== '' && tabsOf(node).some(({ key }) => key === tab)
  const Part = isKnown && Object.hasOwn(parts, tab) ? parts[tab as keyof typeof parts] : undefined
  if (Part === undefined) {
    const toNode = (
      <Button component={Link} href={pathOf(node.id, '')}>
        Show {node.name}
      </Button>
    )
    return (
      <Message title={`${node.name} has no such page`} code="NOT_FOUND" actions={toNode}>
        <p>The link was cut short, or is of another version.</p>
      </Message>
    )
  }
  return (
    <div className={classes.part}>
      <Suspense fallback={<Skeleton lines={8} label="Loading this page" />}>
        <Part node={node} />
      </Suspense>
    </div>
  )
}
