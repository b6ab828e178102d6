import { hostname } from 'node:os'

export interface PlannedNode {
  readonly name: string
  readonly metal: 'simulated' | 'linux'
}

/** Where the boards of the demo stand; a number tells those of one place apart. */
const PLACES = ['roof', 'gate', 'pump', 'mast', 'yard', 'barn', 'dock', 'well', 'silo', 'shed']
const NAME_MAX = 63

/** Names for the simulated nodes, two to a place, and this machine's own node last. */
export function planNodes(simulated: number, host = hostname()): PlannedNode[] {
  const nodes: PlannedNode[] = Array.from({ length: simulated }, (_, index) => ({
    name: simulatedName(index),
    metal: 'simulated',
  }))
  return [...nodes, { name: hostNodeName(host, nodes), metal: 'linux' }]
}

function simulatedName(index: number): string {
  const pair = Math.floor(index / 2)
  const round = Math.floor(pair / PLACES.length)
  return `${PLACES[pair % PLACES.length]}-${round * 2 + (index % 2) + 1}`
}

/** The host's name as a node may have it (RFC 1123 label), and never that of a simulated node. */
function hostNodeName(host: string, taken: readonly PlannedNode[]): string {
  const [label = ''] = host.toLowerCase().split('.')
  const name = label
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, NAME_MAX)
    .replaceAll(/^-+|-+$/g, '')
  if (name === '') return 'this-machine'
  return taken.some((node) => node.name === name) ? `${name.slice(0, NAME_MAX - 5)}-host` : name
}
