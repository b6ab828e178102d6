import { Button } from '@mantine/core'
import type { Node as FleetNode } from '@wrale/protocol/api'
import { Link } from 'wouter'
import { Message } from '../../ui/message.tsx'
import { DiagnosticsTab } from '../diagnostics/diagnostics-tab.tsx'
import { HardwareTab } from '../machine/hardware-tab.tsx'
import { SimulatorTab } from '../machine/simulator-tab.tsx'
import { TamperTab } from '../safety/tamper-tab.tsx'
import { ThermalTab } from '../safety/thermal-tab.tsx'
import classes from './node.module.css'
import { pathOf, tabsOf } from './tabs.ts'

const parts = {
  hardware: HardwareTab,
  thermal: ThermalTab,
  tamper: TamperTab,
  diagnostics: DiagnosticsTab,
  simulator: SimulatorTab,
} as const

export interface NodePartProps {
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
      <Part node={node} />
    </div>
  )
}
