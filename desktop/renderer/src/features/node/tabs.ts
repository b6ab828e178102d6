import type { Node as FleetNode } from '@wrale/protocol/api'

export interface NodeTab {
  /** Last part of the address; empty for the first. */
  readonly key: string
  readonly label: string
}

const tabs: readonly NodeTab[] = [
  { key: '', label: 'Overview' },
  { key: 'hardware', label: 'Hardware' },
  { key: 'thermal', label: 'Thermal & power' },
  { key: 'tamper', label: 'Tamper' },
  { key: 'diagnostics', label: 'Diagnostics' },
]
const simulator: NodeTab = { key: 'simulator', label: 'Simulator' }

/** The pages of a node. */
export function tabsOf({ simulated }: Pick<FleetNode, 'simulated'>): readonly NodeTab[] {
  return simulated ? [...tabs, simulator] : tabs
}

export function pathOf(id: string, key: string): string {
  return key === '' ? `/nodes/${id}` : `/nodes/${id}/${key}`
}
